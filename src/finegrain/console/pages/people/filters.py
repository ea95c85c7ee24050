"""The filters over the list of people: search, one choice a tier scheme, order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.widgets.rights import reserved
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from finegrain.audience.tiers.contract import SchemeName
    from finegrain.console.pages.people.address import PeopleAddress

SORT_NAMES = {
    "last_event": N_("Last seen"),
    "revenue": N_("Net revenue"),
    "purchases": N_("Orders"),
    "last_purchase": N_("Last order"),
    "known_since": N_("Known since"),
    "id": N_("Order of arrival"),
}
_SEPARATOR = ":"


class PeopleFilters:
    """The row of filters, made once and changed in place.

    Args:
        address: what is chosen at first.
        tiers: scheme → key → text of each choice.
        labels: what the schemes are called.
        on_change: is called with the parts of the address that a change by the reader gives.
    """

    def __init__(
        self,
        address: PeopleAddress,
        tiers: Mapping[SchemeName, Mapping[str, str]],
        labels: Mapping[SchemeName, str],
        on_change: Callable[..., Any],
    ) -> None:
        self._on_change = on_change
        self._quiet = False
        with ui.element("div").classes("fg-filters").props("role=search"):
            with ui.element("div").classes("fg-filters-row"):
                self._search = self._search_field(address.text)
                self._clear = ui.button(_("Clear all"), icon="filter_alt_off", on_click=self.clear, color=None).props("flat")
                self._sort = self._sort_field(address)
            with ui.element("div").classes("fg-filters-row"):
                self._tiers = {name: self._tier_field(labels[name], tiers[name], address.tiers.get(name)) for name in tiers}
        self._mark()

    def _search_field(self, text: str) -> ui.input:
        field = ui.input(value=text, placeholder=_("Id, name or trait"), on_change=self._changed)
        field.props("debounce=250 clearable").classes("fg-filter-search")
        field.props["aria-label"] = _("Search people by id, name or trait")
        with field.add_slot("prepend"):
            ui.icon("search").props('aria-hidden="true"')
        reserved("people:read", field)
        return field

    def _tier_field(self, label: str, choices: Mapping[str, str], chosen: str | None) -> ui.select:
        value = chosen if chosen in choices else None
        field = ui.select(dict(choices), value=value, label=label, clearable=True, on_change=self._changed)
        return field.classes("fg-filter")

    def _sort_field(self, address: PeopleAddress) -> ui.select:
        both = {"desc": _("{figure} ↓"), "asc": _("{figure} ↑")}
        choices = {
            f"{key}{_SEPARATOR}{way}": text.format(figure=_(name))
            for key, name in SORT_NAMES.items()
            for way, text in both.items()
        }
        value = _sort_value(address)
        return ui.select(choices, value=value, label=_("Sorted by"), on_change=self._changed).classes("fg-filter-sort")

    def clear(self) -> None:
        """Take all filters away."""
        self._quiet = True
        self._search.value = ""
        for field in self._tiers.values():
            field.value = None
        self._quiet = False
        self._changed()

    def sorted_by(self, address: PeopleAddress) -> None:
        """Show the order of ``address``, which the reader chose elsewhere."""
        self._quiet = True
        self._sort.value = _sort_value(address)
        self._quiet = False

    def _changed(self) -> None:
        if self._quiet:
            return
        self._mark()
        sort, _separator, way = str(self._sort.value).partition(_SEPARATOR)
        tiers = {scheme: field.value for scheme, field in self._tiers.items() if field.value}
        self._on_change(text=self._search.value or "", tiers=tiers, sort=sort, descending=way == "desc")

    def _mark(self) -> None:
        filtered = bool(self._search.value) or any(field.value for field in self._tiers.values())
        self._clear.set_visibility(filtered)


def _sort_value(address: PeopleAddress) -> str:
    return f"{address.sort}{_SEPARATOR}{'desc' if address.descending else 'asc'}"
