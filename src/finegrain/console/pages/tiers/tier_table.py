"""The table of tiers: people, share, revenue and average order value; each number of people opens the list behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.widgets.formats import NOTHING, money_compact, number, percent
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.audience.tiers.contract import Tier
    from finegrain.console.pages.tiers.view import TiersView

_NAME = """
<q-td :props="props">
  <div class="fg-tier-name">{{ props.row.name }}</div>
  <div class="fg-tier-about">{{ props.row.about }}</div>
</q-td>"""
_PEOPLE = """
<q-td :props="props">
  <a v-if="props.row.people" class="fg-link fg-num" :href="props.row.href" :aria-label="props.row.open"
     @click.exact.prevent="$parent.$emit('people', props.row.id)">{{ props.row.people_text }}</a>
  <span v-else class="fg-muted">0</span>
</q-td>"""
_SHARE = """
<q-td :props="props">
  <div class="fg-share"><span class="fg-share-bar" aria-hidden="true"><i :style="{width: props.row.share_width}"></i></span>
  <span>{{ props.row.share_text }}</span></div>
</q-td>"""
_TOTAL = """
<q-tr class="fg-total">
  <q-td>{{ props.cols[0].total }}</q-td>
  <q-td v-for="col in props.cols.slice(1)" :key="col.name" class="text-right">{{ col.total }}</q-td>
</q-tr>"""


class TierTable:
    """The table; ``show`` brings it up to date in place.

    Args:
        on_people: is called with a tier's key when its number of people is clicked.
    """

    def __init__(self, on_people: Callable[[str], Any]) -> None:
        self._table = ui.table(rows=[], columns=[], row_key="id", pagination=0).classes("fg-table fg-tiers")
        self._table.props("hide-pagination binary-state-sort")
        for name, template in (("name", _NAME), ("people", _PEOPLE), ("share", _SHARE)):
            self._table.add_slot(f"body-cell-{name}", template)
        self._table.add_slot("bottom-row", _TOTAL)
        self._table.on("people", lambda event: on_people(event.args))

    def show(self, view: TiersView) -> None:
        """Show the tiers of ``view``."""
        self._table.columns = _columns(view)
        self._table.rows = [_row(view, tier) for tier in view.result.tiers]


def _columns(view: TiersView) -> list[dict[str, Any]]:
    purchases = sum(tier.purchases for tier in view.result.tiers)
    currency = view.result.currency
    average = money_compact(round(view.revenue_minor / purchases), currency) if purchases else NOTHING
    numbers = {
        "people": (_("People"), number(view.result.total)),
        "share": (_("Share"), "100%" if view.result.total else NOTHING),
        "revenue": (_("Net revenue"), money_compact(view.revenue_minor, currency)),
        "revenue_share": (_("Share of revenue"), "100%" if view.revenue_minor > 0 else NOTHING),
        "average": (_("Average order value"), average),
    }
    name = {"name": "name", "label": _("Tier"), "field": "place", "align": "left", "total": _("All")}
    return [name] + [
        {"name": key, "label": label, "field": key, "align": "right", "sortable": True, "total": total}
        | ({":format": f"(value, row) => row.{key}_text"} if key not in {"people", "share"} else {})
        for key, (label, total) in numbers.items()
    ]


def _row(view: TiersView, tier: Tier) -> dict[str, Any]:
    average = tier.average_order_value_minor
    revenue_share = tier.revenue_minor / view.revenue_minor if view.revenue_minor > 0 else None
    return {
        "id": tier.key,
        "place": [row.key for row in view.result.tiers].index(tier.key),
        "name": _(tier.name),
        "about": _(tier.description),
        "href": view.address.but(tier=tier.key, cell="").url(),
        "open": _("Show the {n} people in {tier}", n=number(tier.people), tier=_(tier.name)),
        "people": tier.people,
        "people_text": number(tier.people),
        "share": tier.share,
        "share_text": percent(tier.share),
        "share_width": f"{tier.share * 100:.2f}%",
        "revenue": tier.revenue_minor,
        "revenue_text": money_compact(tier.revenue_minor, view.result.currency),
        "revenue_share": revenue_share,
        "revenue_share_text": percent(revenue_share),
        "average": average,
        "average_text": money_compact(average, view.result.currency),
    }
