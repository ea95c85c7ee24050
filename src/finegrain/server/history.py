"""History over HTTP: ``/api/v1/history`` and below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - msgspec evaluates the types of bodies
from typing import TYPE_CHECKING, Any, Literal

from starlette.requests import Request  # noqa: TC002 - FastAPI evaluates the types of routes
from starlette.responses import Response  # noqa: TC002 - likewise

from finegrain.behaviour.queries.reading import read_query
from finegrain.server.queries import asked_page, people_page, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI

    from finegrain.workspace import Workspace

PATH = "/api/v1/history"


@dataclass(frozen=True)
class SizesAsked:
    """Sizes by day: of a scheme, a tier (``rfm/important_value``) or a segment; ``kind`` settles a name that is both."""

    what: str
    first: date
    last: date
    kind: Literal["scheme", "segment"] | None = None


@dataclass(frozen=True)
class MembersAsked:
    """Who was in a tier or segment at the end of a day."""

    what: str
    day: date
    kind: Literal["scheme", "segment"] | None = None


@dataclass(frozen=True)
class FlowAsked:
    """Who went from which tier to which between the ends of two days."""

    scheme: str
    first: date
    last: date


@dataclass(frozen=True)
class FlowPeopleAsked:
    """Those who went from one tier to another; an empty tier is none at all."""

    scheme: str
    first: date
    last: date
    was: str = ""
    now: str = ""


@dataclass(frozen=True)
class DaysToFill:
    """Past days to compute, both included."""

    first: date
    last: date


class HistoryApi:
    """History as JSON.

    Args:
        workspace: whose it is.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._history = workspace.history

    def sizes(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """Tell sizes by day."""
        return self._history.sizes(**vars(read_query(SizesAsked, dict(asked)))).to_dict()

    def members(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """List who was in a tier or segment."""
        page, read = asked_page(asked), read_query(MembersAsked, _without_page(asked))
        return people_page(self._workspace, self._history.members(read.what, read.day, read.kind), *page)

    def flow(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """Tell a flow."""
        read = read_query(FlowAsked, dict(asked))
        return self._history.flow(read.scheme, read.first, read.last).to_dict()

    def flow_people(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """List the people behind one number of a flow."""
        page, read = asked_page(asked), read_query(FlowPeopleAsked, _without_page(asked))
        found = self._history.flow_people(read.scheme, read.first, read.last, read.was, read.now)
        return people_page(self._workspace, found, *page)

    def keep(self) -> dict[str, Any]:
        """Keep the present state."""
        return self._history.keep().to_dict()

    def fill(self, values: dict[str, Any]) -> dict[str, Any]:
        """Compute past days."""
        return self._history.fill(**vars(read_query(DaysToFill, values))).to_dict()


def _without_page(asked: Mapping[str, str]) -> dict[str, Any]:
    return {name: text for name, text in asked.items() if name not in {"page", "per_page"}}


def add_history(app: FastAPI, workspace: Workspace) -> None:
    """Answer below ``/api/v1/history``."""
    api = HistoryApi(workspace)

    @app.get(PATH + "/sizes", include_in_schema=False)
    async def get_sizes(request: Request) -> Response:
        """Tell sizes by day."""
        return await told(request, lambda _values: api.sizes(request.query_params))

    @app.get(PATH + "/people", include_in_schema=False)
    async def get_members(request: Request) -> Response:
        """List who was in a tier or segment."""
        return await told(request, lambda _values: api.members(request.query_params))

    @app.get(PATH + "/flow", include_in_schema=False)
    async def get_flow(request: Request) -> Response:
        """Tell a flow."""
        return await told(request, lambda _values: api.flow(request.query_params))

    @app.get(PATH + "/flow/people", include_in_schema=False)
    async def get_flow_people(request: Request) -> Response:
        """List the people behind one number of a flow."""
        return await told(request, lambda _values: api.flow_people(request.query_params))

    @app.post(PATH + "/keep", include_in_schema=False)
    async def post_keep(request: Request) -> Response:
        """Keep the present state."""
        return await told(request, lambda _values: api.keep())

    @app.post(PATH + "/fill", include_in_schema=False)
    async def post_fill(request: Request) -> Response:
        """Compute the past days in the body."""
        return await told(request, api.fill)
