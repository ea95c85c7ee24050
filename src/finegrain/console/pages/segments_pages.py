"""The routes of the segments: the list, the builder, one segment with the CSV file of its people, and lists made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nicegui import app, ui
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation
from starlette.responses import RedirectResponse, Response

from finegrain.console.frame import page, page_head, set_title
from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.catalogue import Catalogue
from finegrain.console.pages.people.download import csv_response, refused
from finegrain.console.pages.people.rows import csv_header, csv_rows, scheme_labels
from finegrain.console.pages.segments.address import NEW, NEW_LIST, PATH, name_in, segment_url
from finegrain.console.pages.segments.drafting import draft_key
from finegrain.console.pages.segments.editor import EditorBasis, SegmentEditor
from finegrain.console.pages.segments.list_form import ListForm
from finegrain.console.pages.segments.listing import SegmentListing, nothing_yet
from finegrain.console.pages.segments.segment_view import segment_actions, segment_figures, show_segment
from finegrain.console.text import work
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.rights import reserved
from finegrain.console.widgets.states import button_link, skeleton
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.audience.segments.contract import Segment

ui.add_css((Path(__file__).parent / "segments" / "segments.css").read_text(encoding="utf-8"), shared=True)


@page(PATH, title=N_("Segments"), nav="segments")
def segments() -> None:
    """Show the list."""
    with page_head(_("Segments"), hint=_("Named sets of people: rules that are found anew every minute, and lists.")):
        reserved("strategy:write", button_link(_("New list"), NEW_LIST, icon="playlist_add", primary=False))
        reserved("strategy:write", button_link(_("New segment"), NEW, icon="add"))

    def show(found: tuple[Segment, ...]) -> None:
        if found:
            SegmentListing()
        else:
            nothing_yet()

    Loaded(workspace().segments.all, show, waiting=lambda: skeleton("320px", lines=8))


@page(NEW, title=N_("New segment"), nav="segments")
def new_segment() -> None:
    """Show the builder with nothing in it."""
    with page_head(_("New segment"), hint=_("Say who belongs to it; the count follows while you edit."), back=_back()):
        actions = ui.element("div").classes("fg-row")
    _edit("", actions)


@page(NEW_LIST, title=N_("New list"), nav="segments", permission="strategy:write")
def new_list() -> None:
    """Show the form of a list."""
    with page_head(_("New list"), hint=_("These people, as they are now: the list does not change by itself."), back=_back()):
        pass
    ListForm()


@page(PATH + "/{name}", title=N_("Segment"), nav="segments")
async def segment(name: str) -> None:
    """Show one segment."""
    request = ui.context.client.request
    found = await work(workspace().segments.get, name_in(name))
    set_title(f"{found.name} · {_('Segments')}")
    with page_head(found.name, hint=found.description, back=_back()):
        segment_actions(found)
    person = request.query_params.get("person", "") if request else ""
    Loaded(lambda: segment_figures(found.name), lambda figures: show_segment(figures, person), waiting=_waiting)


@page(PATH + "/{name}/edit", title=N_("Segment"), nav="segments")
async def edit_segment(name: str) -> Response | None:
    """Show the builder with a segment's rule; a list has none, and leads to its page."""
    found = await work(workspace().segments.get, name_in(name))
    if not found.is_rule:
        return RedirectResponse(segment_url(found.name))
    set_title(f"{found.name} · {_('Segments')}")
    with page_head(found.name, back=(segment_url(found.name), _("Segment"))):
        actions = ui.element("div").classes("fg-row")
    _edit(found.name, actions)
    return None


@app.get(PATH + "/{name}/people.csv", include_in_schema=False)
async def segment_people_csv(name: str, request: Request) -> Response:
    """Answer with the people of a segment as a CSV file."""
    ws = workspace()
    try:
        as_of = await work(ws.as_of)
        ids = await work(ws.segments.members, name_in(name), as_of)
    except FinegrainError as error:
        return refused(request, error)
    return csv_response("segment-people", csv_header(ws.currency, scheme_labels(ws)), csv_rows(ws, ids, as_of))


def _edit(name: str, actions: ui.element) -> None:
    Loaded(lambda: _basis(name), lambda basis: SegmentEditor(basis, actions), waiting=_waiting)


def _basis(name: str) -> EditorBasis:
    ws = workspace()
    found = ws.segments.get(name) if name else None
    return EditorBasis(Catalogue(ws).read(), found, ws.drafts.get(draft_key(found)))


def _back() -> tuple[str, str]:
    return PATH, _("Segments")


def _waiting() -> None:
    with ui.element("div").classes("fg-segment-editor"):
        skeleton("420px", lines=8).classes("fg-segment-rule")
        with ui.element("div").classes("fg-stack fg-segment-preview"):
            skeleton("140px")
            skeleton("200px")
