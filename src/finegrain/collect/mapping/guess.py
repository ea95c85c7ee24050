"""Which column fills which field: guessed from names, and checked against contents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finegrain.collect.mapping.contract import FIELDS
from finegrain.collect.mapping.names import known_rank, plain, resembles
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finegrain.collect.mapping.contract import ImportKind
    from finegrain.collect.mapping.profile import ColumnProfile

_KNOWN, _RESEMBLING, _BY_CONTENT = 2000, 1000, 500
_MISFIT, _EMPTINESS = 1500, 200
_NUMBERS = 0.8
_TIMES = 0.9
_MOST_STATES = 50
_COUNTED_TIMES = {"epoch_s", "epoch_ms", "excel"}
_CURRENCY = re.compile(r"[A-Za-z]{3}|[¥￥$€£]|人民币|元|[A-Z]{2}[$¥]")
_NUMBERED = re.compile(r"#?[A-Za-z-]{0,8}\d+")


@dataclass(frozen=True)
class Guess:
    """One column for one field, how sure (higher is surer), and why, in the reader's language."""

    field: str
    column: str
    score: float
    reason: str


def guess_columns(kind: ImportKind, profiles: Sequence[ColumnProfile]) -> dict[str, Guess]:
    """Give the best column of each field that has one: each column fills at most one field, the surest pairs first."""
    candidates = [guess for field in FIELDS[kind] for column in profiles if (guess := _candidate(kind, field.name, column))]
    chosen: dict[str, Guess] = {}
    for guess in sorted(candidates, key=lambda guess: -guess.score):
        if guess.field not in chosen and all(guess.column != other.column for other in chosen.values()):
            chosen[guess.field] = guess
    if kind == "orders":
        _price_is_amount(chosen)
    return chosen


def _candidate(kind: ImportKind, field: str, column: ColumnProfile) -> Guess | None:
    fits = column.type == "empty" or _FITS.get(field, _is_anything)(column)
    emptiness = _EMPTINESS * (1 - column.filled_share)
    rank = known_rank(kind, field, column.name)
    if rank is not None:
        reason = _("its name is known for this") if fits else _("its name is known for this, but its values look different")
        return Guess(field, column.name, _KNOWN - rank - emptiness - (0 if fits else _MISFIT), reason)
    if column.type == "empty" or not fits:
        return None
    if resembles(field, column.name):
        return Guess(field, column.name, _RESEMBLING - emptiness, _("its name resembles others for this, and its values fit"))
    reason = _TOLD_BY_CONTENT.get((kind, field), _tells_nothing)(column)
    return Guess(field, column.name, _BY_CONTENT - emptiness, reason) if reason else None


def _price_is_amount(chosen: dict[str, Guess]) -> None:
    # A price without a quantity is what the row cost.
    if "amount" not in chosen and "quantity" not in chosen and "unit_price" in chosen:
        price = chosen.pop("unit_price")
        chosen["amount"] = Guess("amount", price.column, price.score, _("a price, and no column gives a quantity"))


def _is_anything(column: ColumnProfile) -> bool:
    return column.type != "empty"


def _is_number(column: ColumnProfile) -> bool:
    return column.number_share >= _NUMBERS and not column.is_native_time


def _is_time(column: ColumnProfile) -> bool:
    return column.time is not None


def _is_id(column: ColumnProfile) -> bool:
    return column.type in {"text", "integer"} and not (column.number_share >= _NUMBERS and column.has_fractions)


def _is_person(column: ColumnProfile) -> bool:
    return _is_id(column) and not (column.type == "integer" and column.has_negatives)


def _is_state(column: ColumnProfile) -> bool:
    return column.type in {"text", "integer"} and len(column.distinct) <= _MOST_STATES


def _is_currency(column: ColumnProfile) -> bool:
    return bool(column.distinct) and all(_CURRENCY.fullmatch(value.strip()) for value in column.distinct)


def _is_object(column: ColumnProfile) -> bool:
    return column.type == "json"


_FITS: dict[str, Callable[[ColumnProfile], bool]] = {
    "person": _is_person,
    "order_id": _is_id,
    "refund_of": _is_id,
    "message_id": _is_id,
    "time": _is_time,
    "known_since": _is_time,
    "amount": _is_number,
    "quantity": _is_number,
    "unit_price": _is_number,
    "discount": _is_number,
    "status": _is_state,
    "currency": _is_currency,
    "properties": _is_object,
}


def _tells_nothing(_column: ColumnProfile) -> str:
    return ""


def _tells_time(column: ColumnProfile) -> str:
    time = column.time
    if time is None or time.share < _TIMES or time.format in _COUNTED_TIMES or time.format == "%Y%m%d":
        return ""
    return _("{share} of its values are times", share=f"{time.share:.0%}")


def _tells_order_id(column: ColumnProfile) -> str:
    # Shopify calls the number of the order “Name”: #1001, #1002 …
    if plain(column.name) == "name" and all(map(_NUMBERED.fullmatch, column.distinct)):
        return _("its values are numbers of orders, such as {value}", value=column.distinct[0])
    return ""


def _tells_person(column: ColumnProfile) -> str:
    if all("@" in value for value in column.distinct):
        return _("its values are e-mail addresses")
    return ""


_TOLD_BY_CONTENT: dict[tuple[ImportKind, str], Callable[[ColumnProfile], str]] = {
    ("orders", "time"): _tells_time,
    ("events", "time"): _tells_time,
    ("orders", "order_id"): _tells_order_id,
    ("orders", "person"): _tells_person,
    ("people", "person"): _tells_person,
    ("events", "person"): _tells_person,
}
