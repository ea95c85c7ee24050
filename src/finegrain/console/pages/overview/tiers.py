"""Two pictures of the tiers: RFM as a treemap, activity and value as a matrix; every tile and cell leads to its people."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from nicegui import ui

from finegrain.console.widgets.cards import card, number_link
from finegrain.console.widgets.formats import money_compact, number, percent
from finegrain.console.widgets.matrix import Cell, matrix, people_cell
from finegrain.console.widgets.treemap import Tile, treemap
from finegrain.i18n import _

if TYPE_CHECKING:
    from finegrain.audience.tiers.contract import Tier
    from finegrain.console.pages.overview.reading import PageFigures

NO_ORDER = "none"


def show_treemap(figures: PageFigures) -> None:
    """Draw the tiers of RFM: area for people, colour for revenue a head; who has no order stands in a line below.

    Where most people have not bought yet, they would leave the tiers of those who have no room for a name.
    """
    buyers = [tier for tier in figures.rfm.tiers if tier.key != NO_ORDER]
    most = max((_per_head(tier) for tier in buyers), default=0.0)
    tiles = [_tile(tier, most, figures) for tier in buyers]
    with card(_("People by value (RFM)"), hint=_("Area is people, colour is revenue per person"), classes="fg-span-7"):
        treemap(tiles, label=_("People by value (RFM)"))
        for tier in figures.rfm.tiers:
            if tier.key == NO_ORDER and tier.people:
                _beside(tier, figures)


def _beside(tier: Tier, figures: PageFigures) -> None:
    with ui.element("div").classes("fg-beside"):
        ui.label(_("Without an order so far")).classes("fg-hint")
        path = _address("/tiers/rfm", {"tier": tier.key}, figures.moment)
        number_link(number(tier.people), path, label=_("{n} people without an order", n=number(tier.people)))
        ui.label(percent(tier.share)).classes("fg-hint fg-num")


def show_matrix(figures: PageFigures) -> None:
    """Draw activity against value: people in each pair of tiers."""
    crossed = figures.matrix
    rows = [_(tier.name) for tier in crossed.row_tiers]
    columns = [_(tier.name) for tier in crossed.column_tiers]

    def cell(row: int, column: int) -> Cell:
        keys = {"activity": crossed.row_tiers[row].key, "value": crossed.column_tiers[column].key}
        path = _address("/people", keys, figures.moment)
        return people_cell(int(crossed.counts[row, column]), path, f"{rows[row]} × {columns[column]}")

    with card(_("Activity × value"), hint=_("People in each pair of tiers"), classes="fg-span-5"):
        matrix(rows, columns, cell, label=_("Activity × value"), corner=_("Activity"))


def _tile(tier: Tier, most: float, figures: PageFigures) -> Tile:
    per_head = _per_head(tier)
    tip = _(
        "{tier}: {people} people ({share}), {revenue} per person",
        tier=_(tier.name),
        people=number(tier.people),
        share=percent(tier.share),
        revenue=money_compact(round(per_head), figures.currency),
    )
    path = _address("/tiers/rfm", {"tier": tier.key}, figures.moment)
    # The square root keeps the middle apart where one tier brings most of the money.
    shade = (max(per_head, 0.0) / most) ** 0.5 if most > 0 else 0.0
    return Tile(_(tier.name), number(tier.people), tier.people, shade, path, tip)


def _per_head(tier: Tier) -> float:
    return tier.revenue_minor / tier.people if tier.people else 0.0


def _address(path: str, query: dict[str, str], moment: str) -> str:
    return f"{path}?{urlencode(query | ({'as_of': moment} if moment else {}))}"
