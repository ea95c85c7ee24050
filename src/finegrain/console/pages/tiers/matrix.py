"""The matrix: the scheme crossed with another, each cell shaded by its people and open to the list of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.audience.tiers.contract import SCHEMES
from finegrain.console.holder import workspace
from finegrain.console.pages.people.rows import SCHEME_NAMES, scheme_labels
from finegrain.console.widgets.formats import number
from finegrain.console.widgets.shade import ramp
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.audience.tiers.contract import SchemeName, Tier
    from finegrain.console.pages.tiers.view import TiersView

TOTAL = "all"

# Keys of columns are tier keys, so a row holds each cell's parts under a letter and the key.
_CELL = """
<q-td :props="props">
  <template v-if="props.col.name === 'name'">{{ props.row.name }}</template>
  <a v-else-if="props.row['n:' + props.col.name]" :class="props.row['k:' + props.col.name]"
     :href="props.row['u:' + props.col.name]" :aria-label="props.row['a:' + props.col.name]"
     :title="props.row['a:' + props.col.name]" :style="{'--fg-within': props.row['d:' + props.col.name]}"
     @click.exact.prevent="$parent.$emit('cell', [props.row.id, props.col.name])">{{ props.row['n:' + props.col.name] }}</a>
  <span v-else class="fg-cell">0</span>
</q-td>"""


class Matrix:
    """The matrix with its choice of the other scheme; ``show`` brings it up to date in place.

    Args:
        scheme: the scheme of the rows.
        by: the scheme of the columns.
        on_by: is called with another scheme when one is chosen.
        on_cell: is called with a tier and a tier of the other scheme, empty for all of them, when a cell is clicked.
    """

    def __init__(
        self, scheme: SchemeName, by: SchemeName, *, on_by: Callable[[Any], Any], on_cell: Callable[[str, str], Any]
    ) -> None:
        with ui.element("div").classes("fg-matrix-head"):
            with ui.element("h2").classes("fg-h2"):
                ui.label(_("{scheme} ×", scheme=scheme_labels(workspace())[scheme]))
            others = {name: _(SCHEME_NAMES[name]) for name in SCHEMES if name != scheme}
            select = ui.select(others, value=by, on_change=lambda event: on_by(event.value)).classes("fg-matrix-by")
            select.props["aria-label"] = _("Scheme to cross with")
        self._table = ui.table(rows=[], columns=[], row_key="id", pagination=0).classes("fg-table fg-crossing")
        self._table.props("hide-pagination separator=none")
        self._table.add_slot("body-cell", _CELL)
        self._table.on("cell", lambda event: on_cell(event.args[0], "" if event.args[1] == TOTAL else event.args[1]))

    def show(self, view: TiersView) -> None:
        """Show the matrix of ``view``."""
        self._table.columns = _columns(view)
        self._table.rows = _rows(view)


def _columns(view: TiersView) -> list[dict[str, Any]]:
    named = [(tier.key, _(tier.name)) for tier in view.matrix.column_tiers]
    return [{"name": "name", "label": scheme_labels(workspace())[view.result.scheme], "field": "name", "align": "left"}] + [
        {"name": key, "label": label, "field": key, "align": "center"} for key, label in (*named, (TOTAL, _("All")))
    ]


def _rows(view: TiersView) -> list[dict[str, Any]]:
    most = max(1, int(view.matrix.counts.max(initial=0)))
    lines = zip(view.matrix.row_tiers, view.matrix.counts.tolist(), strict=True)
    return [_row(view, tier, counts, most) for tier, counts in lines]


def _row(view: TiersView, tier: Tier, counts: list[int], most: int) -> dict[str, Any]:
    row: dict[str, Any] = {"id": tier.key, "name": _(tier.name)}
    for other, people in zip(view.matrix.column_tiers, counts, strict=True):
        label = _("{row}, {column}: {n} people", n=number(people), row=_(tier.name), column=_(other.name))
        # The square root keeps small cells apart where one cell holds most people.
        look, within = ramp(math.sqrt(people / most))
        url = view.address.but(tier=tier.key, cell=other.key).url()
        row |= _cell(other.key, people, label=label, url=url, look=f"fg-cell {look}", within=within)
    label = _("Show the {n} people in {tier}", n=number(tier.people), tier=_(tier.name))
    url = view.address.but(tier=tier.key, cell="").url()
    return row | _cell(TOTAL, tier.people, label=label, url=url, look="fg-link fg-num")


def _cell(key: str, people: int, *, label: str, url: str, look: str, within: str = "") -> dict[str, Any]:
    return {
        f"n:{key}": number(people) if people else "",
        f"a:{key}": label,
        f"u:{key}": url,
        f"k:{key}": look,
        f"d:{key}": within,
    }
