"""Example values short enough to show, without secrets and ways to reach a person."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

MASK = "•••"
MAX_CHARS = 80
CUT = "…"

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[\u3400-\u9fff]+")
_TELLING = frozenset(
    (
        "password", "passwd", "passcode", "pwd", "secret", "token", "apikey", "authorization", "cookie", "credential",
        "credentials", "cvv", "cvc", "otp", "ssn", "passport", "idcard", "email", "mail", "phone", "mobile", "cellphone",
        "telephone", "tel", "msisdn",
    )
)  # fmt: skip
_TELLING_PAIRS = frozenset(
    {("api", "key"), ("access", "key"), ("private", "key"), ("card", "number"), ("card", "no"), ("id", "card")}
)
_TELLING_CHINESE = ("密码", "口令", "密钥", "令牌", "验证码", "身份证", "银行卡", "卡号", "邮箱", "邮件", "手机", "电话")
_TELLING_VALUES = re.compile(
    r"[^\s@\"'<>,;]+@[^\s@\"'<>,;]+\.[^\s@\"'<>,;]+"  # an e-mail address
    r"|(?<![\w.+])(?:\+?86[- ]?)?1[3-9][0-9]{9}(?![\w.])"  # a mobile number in China
    r"|(?<![\w+])\+[0-9](?:[ ()-]?[0-9]){7,14}(?![0-9])"  # a number with its country's code
    r"|(?<![\w])[1-9][0-9]{16}[0-9Xx](?![\w])"  # a Chinese identity number
    r"|eyJ[\w-]{8,}\.[\w.-]+"  # a signed token
    r"|(?<![\w])(?:sk|pk|rk|fg|gh[pousr]|xox[abp])[_-][\w-]{16,}"  # keys of well-known makers
)


def example(name: str, written: str) -> str:
    """Give a value as it is shown.

    Args:
        name: of its property.
        written: the value as JSON, perhaps cut off.

    Examples:
        >>> example("city", '"Shanghai"'), example("user_email", '"ann@shop.example"'), example("note", '"call +86 13812345678"')
        ('Shanghai', '•••', 'call •••')
    """
    try:
        value = json.loads(written)
    except (ValueError, RecursionError):
        return (
            f"{written[:1]}{CUT}{_CLOSING.get(written[:1], '')}"
            if written[:1] in _CLOSING
            else short(masked_text(name, written.strip('"')))
        )
    return show_value(name, value)


def show_value(name: str, value: Any) -> str:
    """Give a decoded value as it is shown: masked, on one line, cut off."""
    masked = _masked(name, value)
    return short(masked if isinstance(masked, str) else json.dumps(masked, ensure_ascii=False))


def masked_text(name: str, text: str) -> str:
    """Give ``text`` with everything masked that looks like a secret or a way to reach a person."""
    return MASK if tells_too_much(name) else _TELLING_VALUES.sub(MASK, text)


@lru_cache(maxsize=4096)
def tells_too_much(name: str) -> bool:
    """Say whether the values of a property named so are secrets or reach a person.

    Examples:
        >>> [tells_too_much(name) for name in ("userEmail", "api_key", "手机号", "hotel", "card_type", "emailed")]
        [True, True, True, False, False, False]
    """
    words = [word.lower() for word in _WORDS.findall(name)]
    pairs = set(pairwise(words))
    return bool(_TELLING.intersection(words) or pairs & _TELLING_PAIRS or any(part in name for part in _TELLING_CHINESE))


def short(text: str) -> str:
    """Give ``text`` on one line, cut off after ``MAX_CHARS`` characters, without what cannot be stored everywhere."""
    line = " ".join(storable(text[: 4 * MAX_CHARS]).split())
    return line if len(line) <= MAX_CHARS else line[: MAX_CHARS - 1] + CUT


def storable(text: str) -> str:
    """Give ``text`` without null characters and lone surrogates, which not every database keeps."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "�")


_CLOSING = {"{": "}", "[": "]"}


def _masked(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _masked(key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(name, inner) for inner in value]
    if isinstance(value, str):
        return masked_text(name, value)
    if isinstance(value, bool) or value is None:
        return value
    return value if masked_text(name, str(value)) == str(value) else MASK
