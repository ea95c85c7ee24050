"""How one column of a batch is read as a text, an id, an amount, a time or a JSON value, by its type and the mapping."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from finegrain.collect.imports.trees import call, cast, is_given, text, try_cast, when

AMOUNT = "DECIMAL(18, 6)"
_EPOCH_UNITS_US = {"epoch_s": 1_000_000, "epoch_ms": 1_000}


@dataclass(frozen=True)
class ColumnValue:
    """A column of a batch, or the lack of one, with its type.

    Attributes:
        node: the column; texts are without spaces around them, and null where they only say that there is nothing.
        type: its Arrow type; the null type where there is no such column.
    """

    node: exp.Expr
    type: pa.DataType

    @classmethod
    def of(cls, name: str | None, types: dict[str, pa.DataType]) -> ColumnValue:
        """Give the column ``name`` of a batch with these ``types``; one of nulls where there is none."""
        if name is None or name not in types:
            return cls(cast(exp.null(), "VARCHAR"), pa.null())
        return cls(exp.column(name, quoted=True), types[name])

    @property
    def is_number(self) -> bool:
        """Whether the file itself says that it holds numbers."""
        kind = self.type
        return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))

    @property
    def is_text(self) -> bool:
        """Whether it holds texts."""
        kind = self.type
        return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))

    @property
    def is_missing(self) -> bool:
        """Whether there is nothing in it."""
        return bool(pa.types.is_null(self.type))

    def as_text(self) -> exp.Expr:
        """Give it as text."""
        return self.node.copy() if self.is_text else cast(self.node.copy(), "VARCHAR")

    def given(self) -> exp.Expr:
        """Give whether there is a value."""
        if pa.types.is_floating(self.type):
            # A program without nulls writes NaN.
            return exp.and_(is_given(self.node.copy()), exp.not_(call("isnan", self.node.copy())))
        return is_given(self.node.copy())

    def as_id(self) -> exp.Expr:
        """Give it as an id; whole numbers are written without a point, however they are stored."""
        if self.is_missing or pa.types.is_integer(self.type):
            return self.as_text()
        if self.is_number:
            return call("coalesce", cast(_whole(self.node), "VARCHAR"), when(self.given(), self.as_text()))
        return call("read_id", self.as_text())

    def as_amount(self, marks: str) -> exp.Expr:
        """Give it as an exact amount, null where it is none; ``marks`` is the pattern of what may stand beside it."""
        if self.is_missing or self.is_number:
            return try_cast(self.node.copy(), AMOUNT)
        return call("read_amount", self.as_text(), text(marks))

    def as_number(self, marks: str) -> exp.Expr:
        """Give it as a JSON number, null where it is none."""
        return self.as_json() if self.is_number else call("number_json", self.as_amount(marks))

    def as_json(self) -> exp.Expr:
        """Give it as JSON, texts as texts, times in ISO 8601."""
        if self.is_missing:
            return cast(exp.null(), "JSON")
        return when(is_given(self.node.copy()), call("to_json", self._plain()))

    def as_property(self) -> exp.Expr:
        """Give it as JSON, texts as the values they stand for."""
        return when(self.given(), call("property_json", self.as_text())) if self.is_text else self.as_json()

    def _plain(self) -> exp.Expr:
        if pa.types.is_floating(self.type):
            return when(call("isfinite", self.node.copy()), self.node.copy())
        if not pa.types.is_timestamp(self.type):
            return self.node.copy()
        time = _in_utc(self.node.copy()) if self.type.tz else self.node.copy()
        shown = call("strftime", time, text("%Y-%m-%dT%H:%M:%S.%f" + ("Z" if self.type.tz else "")))
        return call("replace", shown, text(".000000"), text(""))

    def as_time(self, time_format: str) -> tuple[exp.Expr, exp.Expr]:
        """Give it as a civil time and as an instant in UTC, of which at most one is not null.

        A text that does not fit ``time_format`` is still read where it is in ISO 8601, which cannot be mistaken.
        """
        if pa.types.is_timestamp(self.type) and self.type.tz:
            return _no_time(), cast(_in_utc(self.node.copy()), "TIMESTAMP")
        if pa.types.is_timestamp(self.type) or pa.types.is_date(self.type):
            return cast(self.node.copy(), "TIMESTAMP"), _no_time()
        civil, instant = self._read_by(time_format)
        return (
            call("coalesce", civil, call("read_civil", self.as_text())),
            call("coalesce", instant, call("read_instant", self.as_text())),
        )

    def _read_by(self, time_format: str) -> tuple[exp.Expr, exp.Expr]:
        if time_format == "auto":
            return _no_time(), _no_time()
        number = try_cast(self.node.copy() if self.is_number else self.as_text(), "DECIMAL(28, 9)")
        if time_format == "excel":
            return call("read_excel", number), _no_time()
        if time_format in _EPOCH_UNITS_US:
            return _no_time(), call("read_epoch", number, exp.Literal.number(_EPOCH_UNITS_US[time_format]))
        parsed = call("try_strptime", self.as_text(), text(time_format))
        if "%z" in time_format.lower():
            # With a zone in the pattern the engine gives a time with zone, and our session's zone is UTC.
            return _no_time(), _in_utc(parsed)
        return parsed, _no_time()


def _whole(number: exp.Expr) -> exp.Expr:
    return when(exp.EQ(this=number.copy(), expression=call("floor", number.copy())), try_cast(number.copy(), "BIGINT"))


def _in_utc(time: exp.Expr) -> exp.Expr:
    return exp.AtTimeZone(this=time, zone=text("UTC"))


def _no_time() -> exp.Expr:
    return cast(exp.null(), "TIMESTAMP")
