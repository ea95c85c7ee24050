"""Goals over HTTP: ``/api/v1/goals`` and below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - msgspec evaluates the types of bodies
from typing import TYPE_CHECKING, Any

from msgspec import UNSET, UnsetType
from starlette.requests import Request  # noqa: TC002 - FastAPI evaluates the types of routes
from starlette.responses import Response  # noqa: TC002 - likewise

from finegrain.access.acting import require
from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.reading import read_query
from finegrain.i18n import Phrase
from finegrain.server.dashboards import whole
from finegrain.server.queries import told
from finegrain.strategy.goals.contract import NewGoal
from finegrain.strategy.goals.service import SUGGESTED_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI

    from finegrain.workspace import Workspace

PATH = "/api/v1/goals"


@dataclass(frozen=True)
class GoalChange:
    """What to change of a goal; what is left out stays, and a budget of null goes."""

    name: str | None = None
    target: float | None = None
    last_day: date | None = None
    budget_minor: int | UnsetType | None = UNSET
    owner: str | None = None
    note: str | None = None


class GoalApi:
    """Goals as JSON.

    Args:
        workspace: whose they are.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._goals = workspace.goals

    def all(self) -> dict[str, Any]:
        """List all goals, the one that ends first before the others."""
        return {"goals": [goal.to_dict() for goal in self._goals.all()]}

    def add(self, values: dict[str, Any], as_of: str | None) -> dict[str, Any]:
        """Set a goal."""
        return self._goals.add(read_query(NewGoal, values), self._workspace.as_of(as_of)).to_dict()

    def get(self, goal: str) -> dict[str, Any]:
        """Give a goal."""
        return self._goals.find(goal).to_dict()

    def change(self, goal: str, values: dict[str, Any]) -> dict[str, Any]:
        """Change a goal."""
        number = self._goals.find(goal).id
        return self._goals.change(number, **vars(read_query(GoalChange, values))).to_dict()

    def delete(self, goal: str) -> dict[str, Any]:
        """Forget a goal."""
        require("goal:write")
        self._goals.delete(self._goals.find(goal).id)
        return {}

    def progress(self, goal: str, as_of: str | None) -> dict[str, Any]:
        """Say how far a goal is."""
        return self._goals.progress(self._goals.find(goal).id, self._workspace.as_of(as_of)).to_dict()

    def suggest(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """Suggest goals for the tiers of a scheme."""
        days = asked.get("days", str(SUGGESTED_DAYS))
        if not days.isdecimal():
            raise BadQueryError(
                field="days", value=f"“{days}”", allowed=Phrase("a whole number from {low} to {high}", low=7, high=366)
            )
        as_of = self._workspace.as_of(asked.get("as_of"))
        return self._goals.suggest(asked.get("scheme", ""), as_of, days=whole(days)).to_dict()


def add_goals(app: FastAPI, workspace: Workspace) -> None:
    """Answer below ``/api/v1/goals``."""
    api = GoalApi(workspace)

    @app.get(PATH, include_in_schema=False)
    async def get_goals(request: Request) -> Response:
        """List all goals."""
        return await told(request, lambda _values: api.all())

    @app.post(PATH, include_in_schema=False)
    async def post_goal(request: Request) -> Response:
        """Set a goal."""
        return await told(request, lambda values: api.add(values, request.query_params.get("as_of")))

    @app.get(PATH + "/suggestions", include_in_schema=False)
    async def get_suggestions(request: Request) -> Response:
        """Suggest goals."""
        return await told(request, lambda _values: api.suggest(request.query_params))

    # Names may hold slashes, so that what follows a name has to be looked for first.
    @app.get(PATH + "/{goal:path}/progress", include_in_schema=False)
    async def get_progress(goal: str, request: Request) -> Response:
        """Say how far a goal is."""
        return await told(request, lambda _values: api.progress(goal, request.query_params.get("as_of")))

    @app.get(PATH + "/{goal:path}", include_in_schema=False)
    async def get_goal(goal: str, request: Request) -> Response:
        """Give one goal."""
        return await told(request, lambda _values: api.get(goal))

    @app.patch(PATH + "/{goal:path}", include_in_schema=False)
    async def patch_goal(goal: str, request: Request) -> Response:
        """Change a goal."""
        return await told(request, lambda values: api.change(goal, values))

    @app.delete(PATH + "/{goal:path}", include_in_schema=False)
    async def delete_goal(goal: str, request: Request) -> Response:
        """Forget a goal."""
        return await told(request, lambda _values: api.delete(goal))
