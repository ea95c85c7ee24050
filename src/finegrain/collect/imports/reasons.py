"""Why a row is refused, as a sentence with the value that was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.errors import UnknownNameError
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping

_SENTENCES: dict[str, str] = {
    "no_person": N_("The row names no person: column “{column}” is empty."),
    "no_order_id": N_("The row has no order number: column “{column}” is empty."),
    "no_event": N_("The row names no event: column “{column}” is empty."),
    "no_time": N_("The row has no time: column “{column}” is empty."),
    "bad_time": N_("“{value}” in column “{column}” cannot be read as a time after 1900."),
    "future_time": N_("“{value}” in column “{column}” lies in the future."),
    "no_amount": N_("The row has no amount: column “{column}” is empty."),
    "bad_amount": N_("“{value}” in column “{column}” cannot be read as an amount."),
    "bad_quantity": N_("“{value}” in column “{column}” cannot be read as a quantity."),
    "negative_price": N_("The price “{value}” in column “{column}” is below zero; a return has a quantity below zero instead."),
    "other_currency": N_("“{value}” in column “{column}” is in another currency than the workspace's."),
    "bad_properties": N_("“{value}” in column “{column}” is not a JSON object."),
    "id_too_long": N_("“{value}” in column “{column}” is longer than 255 characters."),
    "broken_row": N_("The row cannot be split into columns: {value}"),
}
_FIELDS: dict[str, tuple[str, ...]] = {
    "no_person": ("person",),
    "no_order_id": ("order_id", "properties"),
    "no_event": ("event",),
    "no_time": ("time", "known_since"),
    "bad_time": ("time", "known_since"),
    "future_time": ("time", "known_since"),
    "no_amount": ("amount", "unit_price", "properties"),
    "bad_amount": ("amount", "unit_price", "properties"),
    "bad_quantity": ("quantity",),
    "negative_price": ("unit_price",),
    "other_currency": ("currency", "amount", "unit_price", "properties"),
    "bad_properties": ("properties",),
    "id_too_long": ("person", "order_id", "refund_of", "message_id"),
}
REASONS: tuple[str, ...] = tuple(_SENTENCES)
"""All reasons, as ``Reason`` lists them."""
_SHOWN = 100
_ID_CHARACTERS = 255


def reason_name(reason: str) -> str:
    """Give the short name of ``reason`` in the reader's language, for tables and chips."""
    return _(_NAMES.get(reason, reason))


def check_reason(reason: str | None) -> None:
    """Refuse a reason that does not exist; None is all of them.

    Raises:
        UnknownNameError: it is none of ``REASONS``.
    """
    if reason is not None and reason not in REASONS:
        raise UnknownNameError(kind="reason", name=reason, allowed=", ".join(REASONS))


def detail(reason: str, raw: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    """Give the sentence that says why a row was refused, in the reader's language.

    Args:
        reason: why.
        raw: the row by column, as it was read.
        columns: field → column of the mapping that refused it.
    """
    if reason == "broken_row":
        return _(_SENTENCES[reason], value=raw.get("problem", ""))
    column = _column(reason, raw, columns)
    value = str(raw.get(column, ""))
    return _(_SENTENCES[reason], column=column, value=value if len(value) <= _SHOWN else value[:_SHOWN] + "…")


def _column(reason: str, raw: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    candidates = [columns[field] for field in _FIELDS[reason] if field in columns]
    if reason == "id_too_long":
        candidates = [name for name in candidates if len(str(raw.get(name, ""))) > _ID_CHARACTERS] or candidates
    if reason in {"bad_amount", "other_currency"}:
        candidates = [name for name in candidates if _is_no_number(raw.get(name))] or candidates
    return candidates[0] if candidates else ""


def _is_no_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return value is not None
    return False


_NAMES: dict[str, str] = {
    "no_person": N_("no person"),
    "no_order_id": N_("no order number"),
    "no_event": N_("no event name"),
    "no_time": N_("no time"),
    "bad_time": N_("unreadable time"),
    "future_time": N_("time in the future"),
    "no_amount": N_("no amount"),
    "bad_amount": N_("unreadable amount"),
    "bad_quantity": N_("unreadable quantity"),
    "negative_price": N_("price below zero"),
    "other_currency": N_("other currency"),
    "bad_properties": N_("unreadable properties"),
    "id_too_long": N_("id too long"),
    "broken_row": N_("broken row"),
}
