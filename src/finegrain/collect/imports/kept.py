"""The queries that give each order its kept columns: to the order what is the same on all its lines, to a line what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from finegrain.collect.imports.trees import call, empty_object, full_object, when

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEY = "order_id"


def column_of(place: int) -> str:
    """Give the column of ``staged`` that holds the property at ``place``, as JSON."""
    return f"k{place}"


def order_kept(names: Sequence[str]) -> exp.Select:
    """Give the query of each order's own properties: ``order_id, kept``, and a flag ``same_i`` for each name."""
    compared = (column for place in range(len(names)) for column in _compared(place))
    added = exp.select(_KEY, *compared).from_("staged").where("NOT refund").group_by(_KEY)
    same = [f"same_{place}" for place in range(len(names))]
    members = {name: when(exp.column(f"same_{place}"), exp.column(f"v{place}")) for place, name in enumerate(names)}
    return exp.select(_KEY, *same, exp.alias_(full_object(members), "kept")).from_(added.subquery("added"))


def _compared(place: int) -> tuple[exp.Expr, exp.Expr]:
    kept = exp.column(column_of(place))
    least, most = exp.Min(this=kept), exp.Max(this=kept.copy())
    everywhere = exp.EQ(this=exp.Count(this=kept.copy()), expression=exp.Count(this=exp.Star()))
    same = call("coalesce", exp.and_(exp.EQ(this=least.copy(), expression=most), everywhere), exp.false())
    return exp.alias_(least, f"v{place}"), exp.alias_(same, f"same_{place}")


def varying(names: Sequence[str]) -> exp.Select:
    """Give the query of one row: for each name, whether it differs between the lines of any order."""
    flags = (call("coalesce", call("bool_or", exp.column(f"same_{place}").not_()), exp.false()) for place in range(len(names)))
    return exp.select(*flags).from_("order_kept")


def order_rows(names: Sequence[str]) -> exp.Select:
    """Give the staged rows where each row is an order: with its properties as ``kept``."""
    members: dict[str, exp.Expr] = {name: exp.column(column_of(place)) for place, name in enumerate(names)}
    return exp.select("*", exp.alias_(full_object(members), "kept")).from_("staged")


def line_rows(names: Sequence[str], places: Sequence[int]) -> exp.Select:
    """Give the staged rows where each row is a line: the properties at ``places`` join the product where they differ."""
    if not places:
        return exp.select("*").from_("staged")
    members = {
        names[place]: when(exp.column(f"same_{place}", table="order_kept").not_(), exp.column(column_of(place)))
        for place in places
    }
    own = call("json_merge_patch", call("coalesce", exp.column("product"), empty_object()), full_object(members))
    product = exp.Case(ifs=[exp.If(this=exp.column("refund"), true=exp.column("product"))], default=own)
    star = exp.Star(except_=[exp.to_identifier("product")])
    staged = exp.Column(this=star, table=exp.to_identifier("staged"))
    return exp.select(staged, exp.alias_(product, "product")).from_("staged").join("order_kept", join_type="left", using=[_KEY])
