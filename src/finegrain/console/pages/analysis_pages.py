"""The routes of the analysis: the page that leads to the kinds, a page for each, and their CSV files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nicegui import app, ui
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.kinds import kind_of
from finegrain.console.frame import framed_response, page, page_head, set_title
from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.address import PATH, AnalysisAddress
from finegrain.console.pages.analysis.answering import answer, checked, people_of
from finegrain.console.pages.analysis.catalogue import Catalogue
from finegrain.console.pages.analysis.desk import AnalysisDesk
from finegrain.console.pages.analysis.forms.presets import presets
from finegrain.console.pages.analysis.index import show_index
from finegrain.console.pages.analysis.kinds import ANALYSES, Analysis
from finegrain.console.pages.dashboards.saving import save_to_dashboard
from finegrain.console.pages.data.copying import copy_link_button
from finegrain.console.pages.people.download import csv_response, refused
from finegrain.console.pages.people.rows import csv_header, csv_rows, scheme_labels
from finegrain.console.text import work
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.rights import reserved
from finegrain.console.widgets.states import button_link, empty_state, not_found_state, skeleton
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, Phrase, _

if TYPE_CHECKING:
    from starlette.responses import Response

    from finegrain.console.pages.analysis.contract import Preset

ui.add_css((Path(__file__).parent / "analysis" / "analysis.css").read_text(encoding="utf-8"), shared=True)


@page(PATH, title=N_("Analysis"), nav="analysis")
def analysis_index() -> None:
    """Show the kinds of analysis."""
    with page_head(_("Analysis"), hint=_("Ask, see the answer while you edit, and open the people behind any number.")):
        pass
    show_index()


@app.get(PATH + "/{kind}.csv", include_in_schema=False)
async def figures_csv(kind: str, request: Request) -> Response:
    """Answer with the figures of an answer as a CSV file."""
    try:
        kind_of(kind)
        found = await work(answer, AnalysisAddress.parse(kind, dict(request.query_params)))
    except FinegrainError as error:
        return refused(request, error)
    table = found.table
    rows = [[cell.value for cell in row] for row in table.rows]
    asked = found.result.asked
    return csv_response(f"{kind}-{asked.first}-{asked.last}", [column.label for column in table.columns], [rows])


@app.get(PATH + "/{kind}/people.csv", include_in_schema=False)
async def people_csv(kind: str, request: Request) -> Response:
    """Answer with the people behind a number as a CSV file."""
    ws = workspace()
    try:
        kind_of(kind)
        address = AnalysisAddress.parse(kind, dict(request.query_params))
        as_of = await work(ws.as_of, address.as_of or None)
        ids = await work(people_of, address)
    except FinegrainError as error:
        return refused(request, error)
    return csv_response(f"{kind}-people", csv_header(ws.currency, scheme_labels(ws)), csv_rows(ws, ids, as_of))


@page(PATH + "/{kind}", title=N_("Analysis"), nav="analysis")
def analysis_page(kind: str) -> Response | None:
    """Show one kind of analysis."""
    request = ui.context.client.request
    analysis = ANALYSES.get(kind)
    if analysis is None:
        return framed_response(request, 404, not_found_state, title=N_("Page not found"))
    set_title(f"{_(analysis.title)} · {_('Analysis')}")
    _AnalysisPage(analysis, AnalysisAddress.parse(kind, dict(request.query_params))).build()
    return None


@dataclass(frozen=True)
class _Basis:
    """What the page needs before the first question: the choices, the presets, the question, what is wrong with the address."""

    catalogue: Catalogue
    presets: list[Preset]
    address: AnalysisAddress
    problem: FinegrainError | None


class _AnalysisPage:
    """The head of the page, and the desk once its choices are there."""

    def __init__(self, analysis: Analysis, address: AnalysisAddress) -> None:
        self._analysis, self._address = analysis, address

    def build(self) -> None:
        """Draw the page."""
        analysis = self._analysis
        with page_head(_(analysis.title), hint=_(analysis.question), back=(PATH, _("Analysis"))):
            self._actions = ui.element("div").classes("fg-row")
        Loaded(self._fetch, self._show, waiting=_waiting)

    def _fetch(self) -> _Basis:
        catalogue = Catalogue(workspace()).read()
        offered = presets(self._analysis.name, catalogue)
        problem: FinegrainError | None = None
        address = self._address
        if address.broken:
            problem = BadQueryError(field="query", value=Phrase("no JSON"), allowed=Phrase("one JSON object"))
        elif address.query is not None:
            try:
                return _Basis(catalogue, offered, address.but(query=checked(address.kind, address.query)), None)
            except BadQueryError as error:
                problem = error
        return _Basis(catalogue, offered, address.but(query=offered[0].query if offered else None, select=None), problem)

    def _show(self, basis: _Basis) -> None:
        if not basis.presets:
            _nothing_yet(self._analysis)
            return
        with self._actions:
            copy_link_button()
            save = ui.button(_("Save to a dashboard"), icon="dashboard_customize", on_click=self._keep)
            reserved("dashboard:write", save)
        AnalysisDesk(self._analysis, basis.address, basis.catalogue, basis.presets, problem=basis.problem, on_address=self._moved)

    def _moved(self, address: AnalysisAddress) -> None:
        self._address = address

    async def _keep(self) -> None:
        await save_to_dashboard(self._analysis.name, self._address.query or {}, _(self._analysis.title))


def _waiting() -> None:
    with ui.element("div").classes("fg-analysis"):
        skeleton("520px", lines=8).classes("fg-analysis-ask")
        with ui.element("div").classes("fg-stack fg-analysis-result"):
            skeleton("88px")
            skeleton("360px", lines=8)


def _nothing_yet(analysis: Analysis) -> None:
    def links() -> None:
        button_link(_("Import data"), "/import", icon="upload_file")
        button_link(_("Connect an SDK"), "/data/sources", icon="cable", primary=False)

    text = _("{example} For that it takes events: bring a file, or connect an SDK.", example=_(analysis.example))
    empty_state(analysis.icon, _("There is nothing to ask about yet"), text, actions=links)
