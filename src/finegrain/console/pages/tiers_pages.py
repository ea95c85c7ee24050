"""The routes of the tiers page and of its CSV files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nicegui import app, ui
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation
from starlette.responses import RedirectResponse, Response

from finegrain.audience.errors import BadThresholdError, UnknownThresholdError
from finegrain.audience.tiers.contract import SCHEMES, SchemeName
from finegrain.console.frame import framed_response, page, page_head, set_title
from finegrain.console.holder import workspace
from finegrain.console.pages.people.download import csv_response, download_link, refused
from finegrain.console.pages.people.rows import csv_header, csv_rows, plain_amount, scheme_labels
from finegrain.console.pages.tiers.address import PATH, TiersAddress
from finegrain.console.pages.tiers.desk import TiersDesk
from finegrain.console.pages.tiers.history import HistoryPage
from finegrain.console.pages.tiers.history_address import HistoryAddress
from finegrain.console.pages.tiers.own_editor import SchemeEditor, start_editor
from finegrain.console.pages.tiers.own_rules import NEW
from finegrain.console.pages.tiers.view import TiersView, load, people_behind
from finegrain.console.text import work
from finegrain.console.widgets.formats import day
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.rights import may
from finegrain.console.widgets.states import button_link, empty_state, not_found_state, skeleton
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ui.add_css((Path(__file__).parent / "tiers" / "tiers.css").read_text(encoding="utf-8"), shared=True)


@page(PATH, title=N_("Tiers"), nav="tiers")
def tiers_start() -> Response:
    """Lead to the first scheme."""
    request = ui.context.client.request
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{PATH}/{SCHEMES[0]}{query}")


@app.get(PATH + "/{scheme}.csv", include_in_schema=False)
async def table_csv(scheme: str, request: Request) -> Response:
    """Answer with the table of tiers as a CSV file."""
    try:
        view = await work(load, workspace(), TiersAddress.parse(_known(scheme), dict(request.query_params)))
    except FinegrainError as error:
        return refused(request, error)
    currency = view.result.currency
    header = [
        _("Tier key"),
        _("Tier"),
        _("People"),
        _("Share"),
        _("Orders"),
        _("Net revenue ({currency})", currency=currency),
        _("Average order value ({currency})", currency=currency),
    ]
    return csv_response(f"tiers-{scheme}-{_day(view)}", header, [_tier_rows(view)])


@app.get(PATH + "/{scheme}/people.csv", include_in_schema=False)
async def people_csv(scheme: str, request: Request) -> Response:
    """Answer with the people of a tier, or of one cell of the matrix, as a CSV file."""
    ws = workspace()
    try:
        address = TiersAddress.parse(_known(scheme), dict(request.query_params))
        view = await work(load, ws, address)
        ids = await work(people_behind, view, address.tier, address.cell)
    except FinegrainError as error:
        return refused(request, error)
    name = "-".join(part for part in (scheme, address.tier, address.cell, _day(view)) if part)
    return csv_response(name, csv_header(ws.currency, scheme_labels(ws)), csv_rows(ws, ids, view.as_of))


@page(PATH + "/{scheme}/history", title=N_("Tiers over time"), nav="tiers")
async def tiers_history(scheme: str) -> None:
    """Show one scheme over time."""
    name = await work(workspace().tiering.label, scheme)
    title = _("{scheme} over time", scheme=_(name))
    set_title(f"{title} · {_('Tiers')}")
    with page_head(title, back=(f"{PATH}/{scheme}", _("Tiers"))):
        pass
    HistoryPage(HistoryAddress.parse(scheme, dict(ui.context.client.request.query_params)))


@page(PATH + "/{scheme}", title=N_("Tiers"), nav="tiers")
def tiers(scheme: str) -> Response | None:
    """Show one scheme."""
    request = ui.context.client.request
    labels = scheme_labels(workspace())
    known = next((name for name in labels if name == scheme), None)
    if known is None:
        return framed_response(request, 404, not_found_state, title=N_("Page not found"))
    address = TiersAddress.parse(known, dict(request.query_params))
    set_title(f"{labels[known]} · {_('Tiers')}")
    _TiersPage(address, labels).build()
    return None


@page(NEW, title=N_("New tier scheme"), nav="tiers", permission="strategy:write")
def new_scheme() -> None:
    """Make a scheme of one's own."""
    hint = _("Tiers in order, each with a rule: the first that somebody meets is theirs.")
    with page_head(_("New tier scheme"), hint=hint, back=(PATH, _("Tiers"))):
        pass
    Loaded(lambda: start_editor(workspace(), ""), SchemeEditor, waiting=lambda: skeleton("420px", lines=8))


@page(PATH + "/{scheme}/edit", title=N_("Edit the tier scheme"), nav="tiers", permission="strategy:write")
async def edit_scheme(scheme: str) -> None:
    """Edit a scheme of one's own."""
    found = await work(workspace().schemes.get, scheme)
    set_title(f"{found.label} · {_('Tiers')}")
    with page_head(found.label, back=(f"{PATH}/{scheme}", _("Tiers"))):
        pass
    Loaded(lambda: start_editor(workspace(), scheme), SchemeEditor, waiting=lambda: skeleton("420px", lines=8))


class _TiersPage:
    """The head of the page, its tabs, and the desk once its figures are there."""

    def __init__(self, address: TiersAddress, labels: Mapping[SchemeName, str]) -> None:
        self._address = address
        self._labels = labels
        self._desk: TiersDesk | None = None

    def build(self) -> None:
        """Draw the page."""
        scheme = self._address.scheme
        with page_head(_("Tiers"), hint=_(workspace().tiering.description(scheme))):
            button_link(_("Over time"), HistoryAddress(scheme).url(), icon="timeline", primary=False)
            self._as_of = _date_field(self._moved)
            self._export = download_link(_("Export as CSV"), self._address.table_url())
        self._tabs = ui.element("nav").classes("fg-tabs")
        self._tabs.props["aria-label"] = _("Tier schemes")
        with self._tabs:
            self._links = {name: _tab(name, label, active=name == scheme) for name, label in self._labels.items()}
            if may("strategy:write"):
                _new_tab()
        Loaded(self._fetch, self._show, waiting=_waiting)

    def _fetch(self) -> tuple[TiersView, FinegrainError | None]:
        try:
            return load(workspace(), self._address), None
        except (BadThresholdError, UnknownThresholdError) as error:
            return load(workspace(), self._address.but(draft={})), error

    def _show(self, found: tuple[TiersView, FinegrainError | None]) -> None:
        view, problem = found
        if view.result.total == 0:
            _nobody()
            return
        self._desk = TiersDesk(view, problem, self._in_step)

    def _in_step(self, view: TiersView) -> None:
        self._as_of.value = _day(view)
        self._export.props["href"] = view.address.table_url()
        for name, link in self._links.items():
            link.props["href"] = view.address.at_scheme(name).url()

    def _moved(self, as_of: str) -> None:
        if self._desk and as_of != _day(self._desk.view):
            self._desk.move_to(as_of)


def _date_field(on_change: Any) -> ui.date_input:
    field = ui.date_input(on_change=lambda event: on_change(event.value or ""))
    field.props("outlined dense debounce=500 mask=####-##-##").classes("fg-as-of")
    field.props["aria-label"] = _("As of")
    field.button.props("dense size=sm").props["aria-label"] = _("Open the calendar")
    with field.add_slot("prepend"):
        ui.label(_("As of")).classes("fg-hint")
    field.tooltip(_("Only what happened before this day counts. Empty: the end of the data."))
    return field


def _known(scheme: str) -> SchemeName:
    workspace().tiering.label(scheme)  # refuses what there is not
    return scheme


def _new_tab() -> None:
    link = ui.element("a").classes("fg-tab")
    link.props["href"] = NEW
    link.props["aria-label"] = _("New tier scheme")
    with link:
        ui.icon("add").props('aria-hidden="true"')
        ui.tooltip(_("A tier scheme of your own"))


def _tab(name: SchemeName, label: str, *, active: bool) -> ui.element:
    link = ui.element("a").classes("fg-tab" + (" fg-tab-active" if active else ""))
    link.props["href"] = f"{PATH}/{name}"
    if active:
        link.props["aria-current"] = "page"
    with link:
        ui.label(label)
    return link


def _waiting() -> None:
    with ui.element("div").classes("fg-desk"):
        skeleton("460px", lines=9).classes("fg-desk-figures")
        skeleton("460px", lines=5).classes("fg-desk-form")


def _nobody() -> None:
    empty_state(
        "groups",
        _("There is nobody to sort into tiers yet"),
        _("Import a file of orders: each buyer is then in one tier of every scheme, with the reason why."),
        actions=lambda: button_link(_("Import data"), "/import", icon="upload_file"),
    )


def _tier_rows(view: TiersView) -> Iterator[list[object]]:
    for tier in view.result.tiers:
        average = tier.average_order_value_minor
        yield [
            tier.key,
            _(tier.name),
            tier.people,
            f"{tier.share:.6f}",
            tier.purchases,
            plain_amount(tier.revenue_minor, view.result.currency),
            "" if average is None else plain_amount(average, view.result.currency),
        ]


def _day(view: TiersView) -> str:
    return day(workspace().zone.day_of(view.as_of))
