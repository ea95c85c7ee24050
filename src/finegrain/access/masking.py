"""Personal data as those see it who may not see personal data: names, e-mail addresses, phone numbers and free text masked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from finegrain.access.acting import current_actor

if TYPE_CHECKING:
    from collections.abc import Mapping

MASK = "•••"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s()./-]{7,20}")
_PHONE_DIGITS = (7, 15)
_CITIZEN = re.compile(r"[1-9]\d{5}(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]")
"""A Chinese citizen's number (GB 11643): region, day of birth, sequence, check digit."""

_SAYING = re.compile(
    r"name|mail|phone|mobile|tel|address|street|birth|passport|identity|idcard|id_card|wechat|openid|unionid"
    r"|contact|recipient|consignee"
    r"|姓名|昵称|名字|称呼|邮箱|邮件|手机|电话|地址|住址|生日|身份证|证件|微信|收货人|收件人|联系人|买家",
    re.IGNORECASE,
)
_SHORT = 20
_KEPT = 2


def masking() -> bool:
    """Say whether who acts now sees personal data masked."""
    return not current_actor().may("people:read")


def mask_text(text: str) -> str:
    """Give a text with all but its first two characters hidden; of an e-mail address the domain stays, of a phone number the end.

    Examples:
        >>> mask_text("ann@example.org"), mask_text("13812345678"), mask_text("王小明")
        ('an•••@example.org', '13•••78', '王•••')
    """
    if _EMAIL.fullmatch(text.strip()):
        local, _, domain = text.strip().rpartition("@")
        return f"{local[:_KEPT] if len(local) > _KEPT else ''}{MASK}@{domain}"
    if is_phone(text):
        return f"{text[:_KEPT]}{MASK}{text[-_KEPT:]}"
    kept = _KEPT if len(text) > 2 * _KEPT else 1 if len(text) > 1 else 0
    return text[:kept] + MASK


def mask_id(distinct_id: str) -> str:
    """Give a distinct id, masked where it is an e-mail address, a phone number or a citizen's number; others tell nothing."""
    bare = distinct_id.rpartition("+")[2] if distinct_id.startswith("$identity_") else distinct_id
    return mask_text(distinct_id) if _EMAIL.fullmatch(bare.strip()) or _is_number_of_somebody(bare) else distinct_id


def mask_traits(traits: Mapping[str, Any]) -> dict[str, Any]:
    """Give traits with personal ones masked: those whose name or value says so, lists, objects, and long texts."""
    return {name: _mask_value(name, value) for name, value in traits.items()}


def mask_part(of: Literal["event", "person"], name: str, value: str) -> str:
    """Give a value that people or events are counted by, masked where it is personal.

    Of a person's traits that is told as ``mask_traits`` tells it. A property of events is personal where its name or the value
    says so; a long text alone says nothing, since paths, campaigns and products have long names, too.

    Examples:
        >>> mask_part("event", "category", "Kitchen, dining & home"), mask_part("event", "email", "ann@example.org")
        ('Kitchen, dining & home', 'an•••@example.org')
    """
    if of == "person":
        return str(_mask_value(name, value))
    return mask_text(value) if _is_personal(name, value) else value


def is_phone(text: str) -> bool:
    """Say whether a text can be a phone number: 7 to 15 digits (E.164), with what people write between them."""
    digits = sum(character.isdigit() for character in text)
    return bool(_PHONE.fullmatch(text.strip())) and _PHONE_DIGITS[0] <= digits <= _PHONE_DIGITS[1]


def _is_number_of_somebody(text: str) -> bool:
    return is_phone(text) or _CITIZEN.fullmatch(text.strip()) is not None


def _mask_value(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, list | dict):
        return MASK
    text = str(value)
    return mask_text(text) if _is_personal(name, text) or len(text) > _SHORT else value


def _is_personal(name: str, text: str) -> bool:
    return bool(_SAYING.search(name) or _EMAIL.search(text)) or _is_number_of_somebody(text)
