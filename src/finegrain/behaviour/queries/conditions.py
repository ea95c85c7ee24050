"""What a filter means: which values pass it. One meaning for events and people; the SQL of the other engine says the same."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries.columns import frozen
from finegrain.i18n import Phrase
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finegrain.behaviour.queries.columns import NumberColumn, TextColumn
    from finegrain.behaviour.queries.contract import Filter, Scalar
    from finegrain.zones import Zone

NEGATED = {"is_not": "is", "not_contains": "contains", "not_matches": "matches", "not_exists": "exists"}
"""Operators that pass whatever another one does not."""
BOUNDS = {"gt": np.greater, "gte": np.greater_equal, "lt": np.less, "lte": np.less_equal}
TIME_TEXT = r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d{1,6})?)?( ?(Z|[+-]\d\d:?\d\d))?)?"
"""Texts that ``before`` and ``after`` read: an ISO date, or one with a time; without an offset, in the project's zone."""
_TIME = re.compile(TIME_TEXT)


class Values(Protocol):
    """The values that a filter is asked about, one a row."""

    def text(self) -> TextColumn:
        """Give them as texts."""
        ...

    def number(self) -> NumberColumn:
        """Give them as numbers."""
        ...


def passing(condition: Filter, values: Values, zone: Zone) -> NDArray[np.bool_]:
    """Say which rows pass a filter, ``(n,) bool``; see ``Filter``.

    Args:
        condition: the filter; checked before (``check_filter``).
        values: the property or trait that it names.
        zone: in which dates without an offset are read.
    """
    if condition.op in NEGATED:
        return ~_positive(NEGATED[condition.op], condition, values, zone)
    return _positive(condition.op, condition, values, zone)


def _positive(op: str, condition: Filter, values: Values, zone: Zone) -> NDArray[np.bool_]:
    if op in BOUNDS or op == "between":
        return _within(op, condition, values.number().values)
    if op == "is":
        return _equal(several(condition.value), values)
    column = values.text()
    return _of_texts(column, _texts_passing(op, condition, column.texts, zone))


def _within(op: str, condition: Filter, numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    if op == "between":
        low, high = (float(value) for value in several(condition.value))
        return (numbers >= low) & (numbers <= high)
    passed: NDArray[np.bool_] = BOUNDS[op](numbers, float(several(condition.value)[0]))
    return passed


def _equal(wanted: Sequence[Scalar], values: Values) -> NDArray[np.bool_]:
    """Compare numbers as numbers, and truth values and texts as texts."""
    numbers = [float(value) for value in wanted if is_number(value)]
    texts = [text_of(value) for value in wanted if not is_number(value)]
    found = None
    if texts:
        column = values.text()
        found = _of_texts(column, pc.is_in(column.texts, value_set=pa.array(texts, pa.string())))
    if numbers:
        same: NDArray[np.bool_] = np.isin(values.number().values, numbers)
        found = same if found is None else found | same
    return found if found is not None else np.zeros(len(values.text().codes), dtype=np.bool_)


def _texts_passing(op: str, condition: Filter, texts: pa.ChunkedArray, zone: Zone) -> pa.ChunkedArray | NDArray[np.bool_]:
    if op == "exists":
        return np.ones(len(texts), dtype=np.bool_)
    wanted = text_of(several(condition.value)[0])
    if op == "contains":
        return pc.match_substring(texts, wanted, ignore_case=True)
    if op == "matches":
        return pc.match_substring_regex(texts, wanted)
    moment = read_time(wanted, zone) or 0
    times = [read_time(text, zone) for text in texts.to_pylist()]
    return np.array([time is not None and (time < moment if op == "before" else time > moment) for time in times], np.bool_)


def _of_texts(column: TextColumn, passed: pa.ChunkedArray | NDArray[np.bool_]) -> NDArray[np.bool_]:
    from finegrain.behaviour.queries._condition_kernels import look_up

    by_code = passed if isinstance(passed, np.ndarray) else passed.to_numpy().astype(np.bool_)
    with_none, codes = frozen(np.append(by_code, np.False_)), frozen(column.codes)
    found = np.empty(len(codes), dtype=np.bool_)
    parallel.run(lambda low, high: look_up(with_none, codes, low, high, found), parallel.even(len(codes)))
    return found


def several(value: Scalar | tuple[Scalar, ...] | None) -> tuple[Scalar, ...]:
    """Give a filter's values as a tuple."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def is_number(value: Scalar) -> bool:
    """Say whether a filter's value is compared as a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def text_of(value: Scalar) -> str:
    """Give a filter's value as the text with which texts are compared: truth values are ``true`` and ``false``."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_time(text: str, zone: Zone) -> int | None:
    """Read a date (its start) or a time, in microseconds since 1970 UTC; None when it is neither.

    Args:
        text: ISO form, such as ``2024-03-01``, ``2024-03-01 12:00:00`` or ``2024-03-01T12:00:00.5+08:00``.
        zone: where it has no offset.
    """
    if not _TIME.fullmatch(text):
        return None
    try:
        if len(text) == len("2024-03-01"):
            return to_us(zone.day_start(date.fromisoformat(text)))
        moment = datetime.fromisoformat(text.replace(",", ".").replace(" +", "+").replace(" -", "-").replace(" Z", "Z"))
        return to_us((moment if moment.tzinfo else moment.replace(tzinfo=zone.info)).astimezone(UTC))
    except (ValueError, OverflowError):
        return None


_COUNTS = {"exists": (0, 0), "between": (2, 2), "is": (1, 1_000)}


def check_filter(condition: Filter, field: str, zone: Zone) -> None:
    """Refuse a filter whose value its operator cannot take.

    Args:
        condition: the filter.
        field: its path in the query, for the message.
        zone: the project's.

    Raises:
        BadQueryError: it says which value is wrong, and what is allowed.
    """
    if not condition.property:
        raise BadQueryError(field=f"{field}.property", value="“”", allowed=Phrase("the name of a property"))
    op = NEGATED.get(condition.op, condition.op)
    values = several(condition.value)
    low, high = _COUNTS.get(op, (1, 1))
    if not low <= len(values) <= high:
        _refuse(field, condition, _wanted(op))
    if op in BOUNDS or op == "between":
        if not all(is_number(value) and np.isfinite(value) for value in values):
            _refuse(field, condition, _wanted(op))
    elif op in {"before", "after"} and read_time(text_of(values[0]), zone) is None:
        _refuse(field, condition, _wanted(op))
    elif op == "matches":
        _check_pattern(condition, field)


def _check_pattern(condition: Filter, field: str) -> None:
    try:
        pc.match_substring_regex(pa.array([""]), text_of(several(condition.value)[0]))
    except pa.ArrowInvalid:
        _refuse(field, condition, _wanted("matches"))


def _refuse(field: str, condition: Filter, allowed: Phrase) -> None:
    raise BadQueryError(field=f"{field}.value", value=repr(condition.value), allowed=allowed)


def _wanted(op: str) -> Phrase:
    wanted = {
        "exists": Phrase("no value: the operator only asks whether there is one"),
        "between": Phrase("two numbers, the lower one first"),
        "is": Phrase("one value, or up to 1,000"),
        "matches": Phrase("one regular expression (RE2), such as ^/goods/"),
        "before": Phrase("a date such as 2024-03-01, or a time such as 2024-03-01T12:00"),
        "contains": Phrase("one text"),
    }
    if op == "after":
        return wanted["before"]
    return wanted.get(op, Phrase("one number"))
