"""The cards at the top of the overview: people, active people, revenue, orders, average order value, repeat rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.widgets.cards import Delta, kpi
from finegrain.console.widgets.formats import compact, money, money_compact, number, percent
from finegrain.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.console.pages.overview.reading import PageFigures

_TIPS = {
    "people": N_("People known at the end of the period"),
    "active_people": N_("People who did anything at all in the period"),
    "revenue_minor": N_("Orders of the period, net of refunds"),
    "orders": N_("Orders of the period that were not refunded in full"),
    "average_order_value_minor": N_("Revenue per order"),
    "repeat_rate": N_("Of the people who bought in the period, those who have bought at least twice so far"),
}


def show_figures(figures: PageFigures) -> None:
    """Draw the six cards, each with its change against the period before and its course."""
    now, series = figures.overview.figures, figures.overview.series
    averages = [revenue / orders for revenue, orders in zip(series.revenue_minor, series.orders, strict=True) if orders]
    rate = percent(now.repeat_rate), percent(now.repeat_rate, decimals=2)
    with ui.element("div").classes("fg-kpis"):
        _card(figures, "people", _("People"), _count(now.people), course=figures.people_course, path="/people")
        _card(figures, "active_people", _("Active people"), _count(now.active_people), course=series.active_people)
        _card(figures, "revenue_minor", _("Revenue"), _money(now.revenue_minor, figures), course=series.revenue_minor)
        _card(figures, "orders", _("Orders"), _count(now.orders), course=series.orders)
        average = _money(now.average_order_value_minor, figures)
        _card(figures, "average_order_value_minor", _("Average order value"), average, course=averages)
        _card(figures, "repeat_rate", _("Repeat rate"), rate, meter=now.repeat_rate or 0.0)


def _card(
    figures: PageFigures,
    name: str,
    label: str,
    written: tuple[str, str],
    *,
    course: Sequence[float] = (),
    path: str = "",
    meter: float | None = None,
) -> None:
    shown, exact = written
    against = ngettext("vs the day before", "vs {n} days before", figures.period.days)
    delta = Delta(figures.overview.deltas[name], against, in_points=name == "repeat_rate")
    kpi(label, shown, delta=delta, course=course, path=path, tip=f"{_(_TIPS[name])}: {exact}", meter=meter)


def _count(value: int) -> tuple[str, str]:
    return compact(value), number(value)


def _money(minor: int | None, figures: PageFigures) -> tuple[str, str]:
    return money_compact(minor, figures.currency), money(minor, figures.currency)
