"""Dashboards over HTTP: ``/api/v1/dashboards`` and below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request  # noqa: TC002 - FastAPI evaluates the types of routes
from starlette.responses import Response  # noqa: TC002 - likewise

from finegrain.behaviour.dashboards.errors import UnknownCardError
from finegrain.behaviour.queries.reading import read_query
from finegrain.server.queries import shown_to_reader, told

if TYPE_CHECKING:
    from fastapi import FastAPI

    from finegrain.behaviour.dashboards.contract import Dashboard
    from finegrain.workspace import Workspace

PATH = "/api/v1/dashboards"


@dataclass(frozen=True)
class NewDashboard:
    """A dashboard to make: its name, and the period that all cards are asked for."""

    name: str
    period: str = ""


@dataclass(frozen=True)
class DashboardChange:
    """What to change of a dashboard; what is left out stays. ``order`` holds the numbers of all its cards."""

    name: str | None = None
    period: str | None = None
    order: tuple[int, ...] | None = None


@dataclass(frozen=True)
class DashboardCopy:
    """What a copy of a dashboard is called."""

    name: str


@dataclass(frozen=True)
class NewCard:
    """A question to put on a dashboard; ``query`` as ``/api/v1/query/<kind>`` takes it, width in quarters, height in rows."""

    title: str
    kind: str
    query: dict[str, Any]
    width: int = 2
    height: int = 2


@dataclass(frozen=True)
class CardChange:
    """What to change of a card; what is left out stays."""

    title: str | None = None
    width: int | None = None
    height: int | None = None


class DashboardApi:
    """Dashboards as JSON.

    Args:
        workspace: whose they are.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._dashboards = workspace.dashboards

    def all(self) -> dict[str, Any]:
        """List all dashboards by name."""
        return {"dashboards": [dashboard.to_dict() for dashboard in self._dashboards.all()]}

    def change(self, number: int, values: dict[str, Any]) -> dict[str, Any]:
        """Rename a dashboard, set its period, put its cards into order: all of it or nothing."""
        return self._dashboards.edit(number, **vars(read_query(DashboardChange, values))).to_dict()

    def delete(self, number: int) -> dict[str, Any]:
        """Forget a dashboard."""
        self._dashboards.delete(number)
        return {}

    def answer(self, number: int, card_number: int, as_of: str | None) -> dict[str, Any]:
        """Answer one card."""
        dashboard = self._dashboards.get(number)
        card = dashboard.card(card_number)
        if card is None:
            raise UnknownCardError(name=dashboard.name, card=card_number)
        return shown_to_reader(self._dashboards.answer(dashboard, card, self._workspace.as_of(as_of)))


def add_dashboards(app: FastAPI, workspace: Workspace) -> None:
    """Answer below ``/api/v1/dashboards``."""
    api, kept = DashboardApi(workspace), workspace.dashboards

    @app.get(PATH, include_in_schema=False)
    async def get_all(request: Request) -> Response:
        """List all dashboards."""
        return await told(request, lambda _values: api.all())

    @app.post(PATH, include_in_schema=False)
    async def post_dashboard(request: Request) -> Response:
        """Make a dashboard."""
        return await told(request, lambda values: _told(kept.make(**vars(read_query(NewDashboard, values)))))

    @app.get(PATH + "/{number}", include_in_schema=False)
    async def get_one(number: str, request: Request) -> Response:
        """Give one dashboard."""
        return await told(request, lambda _values: _told(kept.get(whole(number))))

    @app.patch(PATH + "/{number}", include_in_schema=False)
    async def patch_dashboard(number: str, request: Request) -> Response:
        """Change a dashboard."""
        return await told(request, lambda values: api.change(whole(number), values))

    @app.delete(PATH + "/{number}", include_in_schema=False)
    async def delete_dashboard(number: str, request: Request) -> Response:
        """Forget a dashboard."""
        return await told(request, lambda _values: api.delete(whole(number)))

    @app.post(PATH + "/{number}/copy", include_in_schema=False)
    async def post_copy(number: str, request: Request) -> Response:
        """Make a dashboard like another one."""
        return await told(request, lambda values: _told(kept.duplicate(whole(number), **vars(read_query(DashboardCopy, values)))))

    _add_cards(app, workspace, api)


def _add_cards(app: FastAPI, workspace: Workspace, api: DashboardApi) -> None:
    kept = workspace.dashboards

    @app.post(PATH + "/{number}/cards", include_in_schema=False)
    async def post_card(number: str, request: Request) -> Response:
        """Put a question on a dashboard."""
        return await told(request, lambda values: _told(kept.add(whole(number), **vars(read_query(NewCard, values)))))

    @app.patch(PATH + "/{number}/cards/{card}", include_in_schema=False)
    async def patch_card(number: str, card: str, request: Request) -> Response:
        """Change a card."""
        return await told(
            request, lambda values: _told(kept.change(whole(number), whole(card), **vars(read_query(CardChange, values))))
        )

    @app.delete(PATH + "/{number}/cards/{card}", include_in_schema=False)
    async def delete_card(number: str, card: str, request: Request) -> Response:
        """Take a card off."""
        return await told(request, lambda _values: _told(kept.remove(whole(number), whole(card))))

    @app.get(PATH + "/{number}/cards/{card}/answer", include_in_schema=False)
    async def get_answer(number: str, card: str, request: Request) -> Response:
        """Answer a card."""
        return await told(request, lambda _values: api.answer(whole(number), whole(card), request.query_params.get("as_of")))


def whole(text: str) -> int:
    """Give the number that a part of an address is; 0, which nothing has, where it is none."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0  # noqa: PLR2004 - what 64 bits hold


def _told(dashboard: Dashboard) -> dict[str, Any]:
    return dashboard.to_dict()
