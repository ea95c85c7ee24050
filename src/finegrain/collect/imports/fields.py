"""The SELECT that turns the columns of a batch into our fields, built as a tree from the mapping and the columns' types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from finegrain.collect.imports.currencies import foreign_pattern, own_marks, own_pattern
from finegrain.collect.imports.kept import column_of
from finegrain.collect.imports.trees import call, cast, empty_object, full_object, is_given, json_object, text, try_cast, when
from finegrain.collect.imports.values import AMOUNT, ColumnValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from finegrain.collect.mapping.contract import Mapping

ORDER_PROPERTIES = ("status", "coupon", "discount")
FIXED_PROPERTIES = ("order_id", "refund_id", "total", "currency", "products")
PRODUCT_TEXTS = {"product_id": "product_id", "name": "product_name", "category": "category"}
PRODUCT_NUMBERS = {"quantity": "quantity", "price": "unit_price"}


@dataclass(frozen=True)
class BatchColumns:
    """The columns of a batch: their types as they were read, and the names of the two columns that we added."""

    types: dict[str, pa.DataType]
    row: str
    line: str


def kept_names(mapping: Mapping, columns: Sequence[str]) -> tuple[str, ...]:
    """Give the names of the columns that are kept under their own names, in the order of ``columns``."""
    if mapping.keep_columns is not None:
        return tuple(name for name in columns if name in mapping.keep_columns)
    used = set(mapping.columns.values())
    return tuple(name for name in columns if name not in used)


def order_properties(mapping: Mapping, columns: Sequence[str]) -> tuple[str, ...]:
    """Give the names of an order's properties besides the fixed ones: some fields, then the kept columns.

    A column that has the name of a fixed property gives way to it.
    """
    fields = tuple(name for name in ORDER_PROPERTIES if name in mapping.columns)
    return fields + tuple(name for name in kept_names(mapping, columns) if name not in fields + FIXED_PROPERTIES)


class FieldReader:
    """Builds the expressions that read one batch.

    Args:
        mapping: which column fills which field, and how values are read.
        batch: the columns of the batch; a mapped column that it lacks reads as null.
        currency: of the workspace.
    """

    def __init__(self, mapping: Mapping, batch: BatchColumns, currency: str) -> None:
        self._mapping = mapping
        self._batch = batch
        self._currency = currency
        self._marks = own_pattern(currency)

    def select(self, properties: Sequence[str] = ()) -> exp.Select:
        """Give the SELECT of our fields from ``cleaned``; ``properties`` are those of orders, in their places."""
        match self._mapping.kind:
            case "orders":
                fields = self._order_fields(properties)
            case "events":
                fields = self._event_fields()
            case "people":
                fields = self._people_fields()
        row = exp.alias_(exp.column(self._batch.row, quoted=True), "row_in_batch")
        return exp.select(row, *(exp.alias_(value, name, quoted=True) for name, value in fields.items())).from_("cleaned")

    def refused(self) -> exp.Select:
        """Give the SELECT of the refused rows of the batch as they were read: place, line, reason and the row as JSON."""
        place = exp.column(self._batch.row, table="batch", quoted=True)
        types = self._batch.types
        raw = cast(json_object({name: ColumnValue.of(name, types).as_json() for name in types}), "VARCHAR")
        for column in raw.find_all(exp.Column):
            # A column of the file may bear the name of one of our fields, which ``checked`` has too.
            column.set("table", exp.to_identifier("batch"))
        line = exp.column(self._batch.line, table="batch", quoted=True)
        row, reason = exp.column("row_in_batch", table="checked"), exp.column("reason", table="checked")
        return (
            exp.select(row, exp.alias_(line, "line"), reason, exp.alias_(raw, "raw"))
            .from_("checked")
            .join("batch", on=exp.EQ(this=place, expression=row.copy()))
            .where(is_given(reason.copy()))
        )

    def _value(self, field: str) -> ColumnValue:
        return ColumnValue.of(self._mapping.columns.get(field), self._batch.types)

    def _maps(self, field: str) -> bool:
        return field in self._mapping.columns

    def _order_fields(self, properties: Sequence[str]) -> dict[str, exp.Expr]:
        return {
            "person": self._value("person").as_id(),
            "order_id": self._value("order_id").as_id(),
            **self._times("time"),
            **self._amounts(),
            "other_currency": self._other_currency(),
            "cancelled": self._is_cancelled(),
            "refund_of": self._value("refund_of").as_id(),
            "product": self._product(),
            **{column_of(place): self._order_property(name) for place, name in enumerate(properties)},
        }

    def _amounts(self) -> dict[str, exp.Expr]:
        amount, quantity, price = (self._value(field) for field in ("amount", "quantity", "unit_price"))
        return {
            "amount": amount.as_amount(self._marks),
            "amount_given": amount.given(),
            "quantity": quantity.as_amount(self._marks),
            "quantity_given": quantity.given(),
            "unit_price": price.as_amount(self._marks),
            "price_given": price.given(),
        }

    def _event_fields(self) -> dict[str, exp.Expr]:
        given = self._value("properties").as_text()
        is_object = exp.EQ(this=call("json_type", try_cast(given, "JSON")), expression=text("OBJECT"))
        own = call("coalesce", when(is_object, cast(given.copy(), "JSON")), empty_object())
        kept = self._kept_object()
        return {
            "person": self._value("person").as_id(),
            "event": self._value("event").as_text(),
            **self._times("time"),
            "message_id": self._value("message_id").as_text(),
            "properties": call("json_merge_patch", kept, own) if self._maps("properties") else kept,
            "bad_properties": exp.and_(is_given(given.copy()), exp.not_(call("coalesce", is_object.copy(), exp.false()))),
        }

    def _people_fields(self) -> dict[str, exp.Expr]:
        return {"person": self._value("person").as_id(), **self._times("known_since"), "traits": self._kept_object()}

    def _times(self, field: str) -> dict[str, exp.Expr]:
        value = self._value(field)
        civil, instant = value.as_time(self._mapping.time_format)
        return {"civil": civil, "instant": instant, "time_given": value.given()}

    def _other_currency(self) -> exp.Expr:
        signs: list[exp.Expr] = [exp.false()]
        if self._maps("currency"):
            signs.append(call("upper", self._value("currency").as_text()).isin(*own_marks(self._currency)).not_())
        for value in (self._value("amount"), self._value("unit_price")):
            if value.is_text:
                marked = call("regexp_matches", call("upper", value.as_text()), text(foreign_pattern(self._currency)))
                signs.append(exp.and_(try_cast(value.as_text(), AMOUNT).is_(exp.null()), marked))
        return call("coalesce", exp.or_(*signs), exp.false())

    def _is_cancelled(self) -> exp.Expr:
        if not self._mapping.refund_status or not self._maps("status"):
            return exp.false()
        status = call("lower", self._value("status").as_text())
        squeezed = call("regexp_replace", status, text(r"[\s\x{3000}]"), text(""), text("g"))
        named = squeezed.isin(*("".join(value.lower().split()) for value in self._mapping.refund_status))
        return call("coalesce", named, exp.false())

    def _product(self) -> exp.Expr:
        values = {name: self._value(field).as_text() for name, field in PRODUCT_TEXTS.items() if self._maps(field)}
        if not values:
            return cast(exp.null(), "JSON")
        if "product_id" in values:
            values["product_id"] = self._value("product_id").as_id()
        for name, field in PRODUCT_NUMBERS.items():
            if self._maps(field):
                values[name] = self._value(field).as_number(self._marks)
        return cast(json_object(values), "JSON")

    def _order_property(self, name: str) -> exp.Expr:
        if name not in ORDER_PROPERTIES or not self._maps(name):
            return ColumnValue.of(name, self._batch.types).as_property()
        value = self._value(name)
        if name == "discount":
            return value.as_number(self._marks)
        return when(is_given(value.as_text()), call("to_json", value.as_text()))

    def _kept_object(self) -> exp.Expr:
        types = self._batch.types
        return full_object({name: ColumnValue.of(name, types).as_property() for name in kept_names(self._mapping, list(types))})
