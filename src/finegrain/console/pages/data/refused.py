"""The page of everything that was refused: items that apps sent, and rows of imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from finegrain.console.frame import page, page_head
from finegrain.console.holder import workspace
from finegrain.console.pages.data.addresses import REFUSED
from finegrain.console.pages.data.refused_list import RefusedList
from finegrain.console.pages.data.refused_rows import RefusedAddress
from finegrain.console.pages.importing.refused import refused_rows_body
from finegrain.console.pages.importing.words import REASON_KEYS
from finegrain.console.widgets.formats import number
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.states import skeleton
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.workspace import Workspace

IMPORTED = f"{REFUSED}/imports"


@page(REFUSED, title=N_("Refused data"), nav="refused")
def refused(request: Request) -> None:
    """Show what apps sent and was refused."""
    asked = RefusedAddress.parse(dict(request.query_params))
    _head("sent")
    Loaded(lambda: asked.checked(workspace()), RefusedList, waiting=lambda: skeleton("360px", lines=8))


@page(IMPORTED, title=N_("Refused data"), nav="refused")
def refused_imports(reason: str = "", import_id: int = 0) -> None:
    """Show the rows of imports that were refused."""
    _head("imports")
    refused_rows_body(reason if reason in REASON_KEYS else None, import_id or None, IMPORTED)


def _head(active: str) -> None:
    with page_head(
        _("Refused data"), hint=_("What could not be stored is kept here with the reason, until you replay or discard it.")
    ):
        pass
    tabs = ui.element("nav").classes("fg-tabs")
    tabs.props["aria-label"] = _("Kinds of refused data")
    with tabs:
        places = {
            "sent": _tab(_("Sent by apps"), REFUSED, active=active == "sent"),
            "imports": _tab(_("Rows of imports"), IMPORTED, active=active == "imports"),
        }

    def show(counts: dict[str, int]) -> None:
        for kind, count in counts.items():
            with places[kind]:
                ui.label(number(count)).classes("fg-tab-count fg-num")

    Loaded(lambda: _counts(workspace()), show, waiting=lambda: None)


def _counts(ws: Workspace) -> dict[str, int]:
    return {"sent": ws.refused.count(), "imports": sum(ws.imports.dead_letter_counts().values())}


def _tab(label: str, path: str, *, active: bool) -> ui.element:
    link = ui.element("a").classes("fg-tab" + (" fg-tab-active" if active else ""))
    link.props["href"] = path
    if active:
        link.props["aria-current"] = "page"
    with link:
        ui.label(label)
    return link
