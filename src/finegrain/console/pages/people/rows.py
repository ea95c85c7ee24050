"""People as rows: of a table on the screen, and of a CSV file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finegrain.audience.tiers.contract import SCHEMES, SchemeName
from finegrain.console.masked import shown_id, shown_name
from finegrain.console.pages.people.address import person_url
from finegrain.console.widgets.formats import NOTHING, day, money, number
from finegrain.i18n import N_, _
from finegrain.money import Money, exponent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.directory import PersonRow
    from finegrain.workspace import Workspace
    from finegrain.zones import Zone

EXPORT_CHUNK = 2_000
"""People of whom one piece of a CSV file is made."""
SCHEME_NAMES: dict[SchemeName, str] = {
    "rfm": N_("RFM"),
    "activity": N_("Activity"),
    "value": N_("Value"),
    "frequency": N_("Purchase frequency"),
    "lifecycle": N_("Life-cycle stage"),
}
PERSON_CELL = """
<q-td :props="props"><div class="fg-who"><a class="fg-link" :href="props.row.href">{{ props.row.person }}</a>
<a v-if="props.row.why" class="fg-hint fg-who-why" :href="props.row.why">{{ props.row.why_text }}</a></div>
<div v-if="props.row.name" class="fg-hint">{{ props.row.name }}</div></q-td>"""
"""Slot of the column ``person``: the id as a link, one to the reasons where the row has one, the name under it."""


@dataclass(frozen=True)
class RowStyle:
    """What it takes to write a person's row: the workspace's zone, currency and schemes, names of tiers, the URL's moment."""

    zone: Zone
    currency: str
    tier_names: Mapping[SchemeName, Mapping[str, str]]
    as_of: str = ""
    schemes: tuple[SchemeName, ...] = SCHEMES

    def table_row(self, row: PersonRow) -> dict[str, Any]:
        """Give the cells of a row on the screen; all are plain texts, to be shown as such."""
        return {
            "key": row.person_id,
            "person": shown_id(row.display_id),
            "name": shown_name(row.name),
            "href": person_url(row.person_id, self.as_of),
            "purchases": number(row.purchases),
            "revenue": money(row.revenue_minor, self.currency),
            "average": money(row.average_order_value_minor, self.currency),
            "last_purchase": self.day(row.last_purchase),
            "last_event": self.day(row.last_event),
            **{f"tier_{scheme}": self.tier_name(scheme, key) for scheme, key in row.tiers.items()},
        }

    def csv_row(self, row: PersonRow) -> list[object]:
        """Give the cells of a row in a file: ISO dates, amounts as plain numbers in major units, nothing where there is none."""
        average = row.average_order_value_minor
        days = (row.first_purchase, row.last_purchase, row.last_event, row.known_since)
        return [
            shown_id(row.display_id),
            shown_name(row.name),
            row.purchases,
            plain_amount(row.revenue_minor, self.currency),
            "" if average is None else plain_amount(average, self.currency),
            *("" if moment is None else self.day(moment) for moment in days),
            *(self.tier_name(scheme, row.tiers[scheme]) if scheme in row.tiers else "" for scheme in self.schemes),
        ]

    def tier_name(self, scheme: str, key: str) -> str:
        """Give the name of a tier in the reader's language; the key of a tier that is not known."""
        names: Mapping[str, str] = next((found for name, found in self.tier_names.items() if name == scheme), {})
        return _(names[key]) if key in names else key

    def day(self, moment: datetime | None) -> str:
        """Give the civil day of a moment, or a dash."""
        return NOTHING if moment is None else day(self.zone.day_of(moment))


def plain_amount(minor: int, currency: str) -> str:
    """Give an amount as a plain number in major units, with the currency's decimals: ``1234.50``."""
    return f"{Money(currency, minor).major:.{exponent(currency)}f}"


def csv_header(currency: str, labels: Mapping[SchemeName, str]) -> list[str]:
    """Give the names of the columns of a file of people, with a column for each scheme, called as ``scheme_labels`` says."""
    return [
        _("Person"),
        _("Full name"),
        _("Orders"),
        _("Net revenue ({currency})", currency=currency),
        _("Average order value ({currency})", currency=currency),
        _("First order"),
        _("Last order"),
        _("Last seen"),
        _("Known since"),
        *labels.values(),
    ]


def scheme_labels(workspace: Workspace) -> dict[SchemeName, str]:
    """Give what all schemes are called, in the reader's language where they are built in."""
    own = {scheme.name: scheme.label for scheme in workspace.tiering.own_schemes()}
    return {**{scheme: _(name) for scheme, name in SCHEME_NAMES.items()}, **own}


def row_style(workspace: Workspace, as_of: datetime, as_of_text: str = "") -> RowStyle:
    """Give what it takes to write rows as of a moment."""
    results = {scheme: workspace.tiering.compute(scheme, as_of) for scheme in workspace.tiering.names()}
    names = {scheme: {tier.key: tier.name for tier in result.tiers} for scheme, result in results.items()}
    return RowStyle(workspace.zone, workspace.currency, names, as_of_text, tuple(names))


def csv_rows(workspace: Workspace, person_ids: NDArray[np.int64], as_of: datetime) -> Iterator[Iterator[list[object]]]:
    """Give the rows of these people for a file, in pieces."""
    style = row_style(workspace, as_of)
    for start in range(0, len(person_ids), EXPORT_CHUNK):
        found = workspace.directory.search(
            as_of=as_of,
            among=person_ids[start : start + EXPORT_CHUNK],
            show_tiers=style.schemes,
            sort="id",
            descending=False,
            per_page=EXPORT_CHUNK,
        )
        yield map(style.csv_row, found.rows)
