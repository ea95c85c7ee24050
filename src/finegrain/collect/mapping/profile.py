"""What the first rows of a column tell about it: its type, its values, and how many of them are numbers or times."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

from finegrain.collect.mapping.times import TimeGuess, guess_time
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

ColumnType = Literal["text", "integer", "number", "time", "boolean", "json", "empty"]
_MARK = r"(?:[¥￥$＄€£￡₩₹]|(?:US|HK|NT|CN)[$¥]|RMB|CNY|USD|EUR|GBP|HKD|TWD|JPY|元|円|圆)"
_AMOUNT = re.compile(
    rf"(?P<open>\()?(?P<sign>[-+−]?)\s?{_MARK}?\s?(?P<inner>[-−]?)(?P<digits>\d[\d,]*(?:\.\d+)?|\.\d+)\s?{_MARK}?\)?",
    re.IGNORECASE,
)
_MINUS = ("-", "−")
_WHOLE = re.compile(r"[-+]?\d+")
_DIGIT = re.compile(r"\d")
_MOSTLY = 0.95


@dataclass(frozen=True)
class ColumnProfile:
    """The first rows of one column.

    Attributes:
        name: the column's name.
        values: its values as text, aligned with the rows; None where empty.
        kind: its Arrow type.
    """

    name: str
    values: tuple[str | None, ...]
    kind: pa.DataType

    @cached_property
    def given(self) -> tuple[str, ...]:
        """The values that are not empty."""
        return tuple(value for value in self.values if value is not None and value.strip())

    @property
    def filled_share(self) -> float:
        """Share of rows that have a value, in 0–1; 0 without rows."""
        return len(self.given) / len(self.values) if self.values else 0.0

    @cached_property
    def distinct(self) -> tuple[str, ...]:
        """The different values in order of sight."""
        return tuple(dict.fromkeys(self.given))

    @cached_property
    def numbers(self) -> tuple[float | None, ...]:
        """The values as numbers, aligned with the rows; None where a value is none."""
        return tuple(None if value is None else read_number(value) for value in self.values)

    @property
    def number_share(self) -> float:
        """Share of the values that are numbers, in 0–1."""
        return self._share(number is not None for number in self.numbers)

    @property
    def has_fractions(self) -> bool:
        """Whether some value is a number with decimals."""
        return any(number is not None and not number.is_integer() for number in self.numbers)

    @property
    def has_negatives(self) -> bool:
        """Whether some value is a number below zero."""
        return any(number is not None and number < 0 for number in self.numbers)

    @cached_property
    def time(self) -> TimeGuess | None:
        """How its values are written as times; None where most are not."""
        if pa.types.is_timestamp(self.kind) or pa.types.is_date(self.kind):
            return TimeGuess("auto", 1.0, _("the file itself says that these are times"))
        return None if pa.types.is_floating(self.kind) and not self.given else guess_time(self.given)

    @property
    def is_native_time(self) -> bool:
        """Whether the file itself says that the values are times."""
        return bool(pa.types.is_timestamp(self.kind) or pa.types.is_date(self.kind))

    @cached_property
    def type(self) -> ColumnType:
        """What most of the values are."""
        if not self.given:
            return "empty"
        if pa.types.is_boolean(self.kind):
            return "boolean"
        if self.time is not None and self.time.share >= _MOSTLY and (self.is_native_time or self.number_share < _MOSTLY):
            return "time"
        if pa.types.is_nested(self.kind) or self._share(value.startswith(("{", "[")) for value in self.given) >= _MOSTLY:
            return "json"
        return self._number_type()

    def _number_type(self) -> ColumnType:
        others = [value for value, number in zip(self.values, self.numbers, strict=True) if value and number is None]
        if self.number_share < _MOSTLY or any(map(_DIGIT.search, others)):
            return "text"
        return "integer" if all(_WHOLE.fullmatch(value.strip()) for value in self.given if value not in others) else "number"

    def _share(self, hits: Iterable[bool]) -> float:
        return sum(hits) / max(len(self.given), 1)


def profile(table: pa.Table) -> tuple[ColumnProfile, ...]:
    """Give the profile of each column of ``table``, the first rows of a file."""
    return tuple(
        ColumnProfile(name, tuple(map(as_text, column.to_pylist())), column.type)
        for name, column in zip(table.column_names, table.columns, strict=True)
    )


def as_text(value: Any) -> str | None:
    """Give a value as a reader sees it; None and NaN are empty.

    Examples:
        >>> as_text(17850.0), as_text(True), as_text([1, 2]), as_text(float("nan"))
        ('17850', 'true', '[1, 2]', None)
    """
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def read_number(text: str) -> float | None:
    """Read an amount as people write it: ``1,234.50``, ``¥ 12``, ``-3``, ``(5.00)``, ``12元``; None where it is none.

    Examples:
        >>> read_number("¥1,234.50"), read_number("(5.00)"), read_number("A12B"), read_number("2024-01-05")
        (1234.5, -5.0, None, None)
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        return None
    value = float(match["digits"].replace(",", ""))
    below_zero = match["open"] or match["sign"] in _MINUS or match["inner"]
    return -value if below_zero else value
