"""The course of orders and revenue over the period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.console.widgets.cards import card
from finegrain.console.widgets.charts import Series, time_chart
from finegrain.console.widgets.formats import bucket_label
from finegrain.i18n import N_, _
from finegrain.money import Money

if TYPE_CHECKING:
    from finegrain.console.pages.overview.reading import PageFigures
    from finegrain.zones import Bucket

_PER: dict[Bucket, str] = {"day": N_("per day"), "week": N_("per week"), "month": N_("per month"), "quarter": N_("per quarter")}


def show_course(figures: PageFigures) -> None:
    """Draw orders as bars and revenue as a line, each on its own scale."""
    series, currency = figures.overview.series, figures.currency
    labels = [bucket_label(start, series.bucket) for start in series.starts]
    revenue = [float(Money(currency, minor).major) for minor in series.revenue_minor]
    title, per = _("Orders and revenue"), _(_PER[series.bucket])
    with card(title, hint=_("{per}; the last is not over yet", per=per) if figures.unfinished else per):
        time_chart(
            labels,
            (Series(_("Orders"), series.orders, kind="bar"), Series(_("Revenue"), revenue, currency=currency, right=True)),
            label=title,
            height="260px",
        )
