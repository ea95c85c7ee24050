"""The routes of the list of people, of its CSV file, and of the page of one person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nicegui import app, ui
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from finegrain.console.frame import framed_response, page, page_head, set_title
from finegrain.console.holder import workspace
from finegrain.console.masked import shown_name, shown_person
from finegrain.console.pages.people.address import PATH, PeopleAddress, allowed
from finegrain.console.pages.people.download import csv_response, download_link, refused
from finegrain.console.pages.people.figures import kpi_row, tiers_card, traits_card
from finegrain.console.pages.people.links import links_card
from finegrain.console.pages.people.listing import ListingBasis, PeopleListing, basis
from finegrain.console.pages.people.orders import orders_card
from finegrain.console.pages.people.person import PersonView, load_person
from finegrain.console.pages.people.rows import csv_header, csv_rows, scheme_labels
from finegrain.console.pages.people.timeline import Timeline
from finegrain.console.text import work
from finegrain.console.widgets.formats import day
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.states import button_link, empty_state, skeleton
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _
from finegrain.people.errors import UnknownPersonError

if TYPE_CHECKING:
    from starlette.responses import Response

    from finegrain.people.contract import Person

ui.add_css((Path(__file__).parent / "people" / "people.css").read_text(encoding="utf-8"), shared=True)
_LARGEST_ID = 2**63 - 1


@page(PATH, title=N_("People"), nav="people")
def people() -> None:
    """Show the list of people."""
    address = allowed(PeopleAddress.parse(dict(ui.context.client.request.query_params)))
    with page_head(_("People"), hint=_("Everybody who was ever seen, with what they did.")):
        export = download_link(_("Export as CSV"), address.export_url())

    def moved(to: PeopleAddress) -> None:
        export.props["href"] = to.export_url()

    def show(found: ListingBasis) -> None:
        if found.everybody:
            PeopleListing(address, found, moved)
        else:
            export.set_visibility(False)
            _nobody()

    Loaded(lambda: basis(address), show, waiting=lambda: skeleton("560px", lines=12))


@app.get(f"{PATH}.csv", include_in_schema=False)
async def people_csv(request: Request) -> Response:
    """Answer with the list of people, filtered like the page, as a CSV file."""
    ws = workspace()
    address = allowed(PeopleAddress.parse(dict(request.query_params)))
    try:
        as_of = await work(ws.as_of, address.as_of or None)
        ids = await work(ws.directory.ids, address.text, as_of=as_of, tiers=address.tiers)
    except FinegrainError as error:
        return refused(request, error)
    return csv_response(
        f"people-{day(ws.zone.day_of(as_of))}", csv_header(ws.currency, scheme_labels(ws)), csv_rows(ws, ids, as_of)
    )


@page(PATH + "/{person_id}", title=N_("Person"), nav="people")
async def person(person_id: str) -> Response | None:
    """Show one person."""
    request = ui.context.client.request
    try:
        found = await work(_find, person_id)
    except UnknownPersonError:
        return framed_response(request, 404, _unknown_person, title=N_("Unknown person"))
    as_of_text = request.query_params.get("as_of", "")
    shown = shown_person(found)
    name = shown_name(found.name) or shown.display_id
    set_title(name)
    with page_head(name, hint=_ids_hint(shown), back=(PATH, _("People"))):
        moment = ui.label().classes("fg-hint")
    ws = workspace()

    def show(view: PersonView) -> None:
        moment.text = _("As of {day}", day=day(ws.zone.day_of(view.as_of)))
        _person(view, as_of_text)

    Loaded(lambda: load_person(ws, found, as_of_text), show, waiting=_waiting, classes="fg-person")
    return None


def _find(person_id: str) -> Person:
    if not (person_id.isascii() and person_id.isdecimal()) or int(person_id) > _LARGEST_ID:
        raise UnknownPersonError(person=person_id)
    return workspace().people.get(int(person_id))


def _ids_hint(found: Person) -> str:
    since = day(workspace().zone.day_of(found.known_since))
    ids = _(", ").join(found.distinct_ids) or str(found.id)
    return _("Ids: {ids} · known since {day}", ids=ids, day=since)


def _person(view: PersonView, as_of_text: str) -> None:
    zone, currency = workspace().zone, workspace().currency
    kpi_row(view, zone, currency)
    tiers_card(view, zone, as_of_text)
    with ui.element("div").classes("fg-person-lower"):
        Timeline(view.spans, view.as_of, zone, currency)
        with ui.element("div").classes("fg-stack"):
            orders_card(view, zone, currency)
            traits_card(shown_person(view.person).trait_details, zone)
            links_card(view, zone)


def _waiting() -> None:
    with ui.element("div").classes("fg-kpis"):
        for _place in range(5):
            skeleton("92px")
    skeleton("260px", lines=6)


def _unknown_person() -> None:
    empty_state(
        "person_off",
        _("There is no such person"),
        _("The link may be incomplete. Look the person up by id, name or trait instead."),
        actions=lambda: button_link(_("Go to the list of people"), PATH),
    )


def _nobody() -> None:
    empty_state(
        "groups",
        _("There is nobody here yet"),
        _("People appear with the first orders, events or people that are imported."),
        actions=lambda: button_link(_("Import data"), "/import", icon="upload_file"),
    )
