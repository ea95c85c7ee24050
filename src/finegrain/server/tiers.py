"""Tier schemes over HTTP: ``/api/v1/tiers`` and below."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request  # noqa: TC002 - FastAPI evaluates the types of routes
from starlette.responses import Response  # noqa: TC002 - likewise

from finegrain.audience.tiers.contract import SCHEMES
from finegrain.behaviour.queries.reading import read_query
from finegrain.i18n import _
from finegrain.server.queries import told

if TYPE_CHECKING:
    from fastapi import FastAPI

    from finegrain.workspace import Workspace

PATH = "/api/v1/tiers"


@dataclass(frozen=True)
class SchemeBody:
    """A tier scheme of one's own: ``tiers`` in order, each with key, label and rule, and ``rest`` with key and label alone.

    ``replace`` lets it take the place of what is there.
    """

    tiers: tuple[dict[str, Any], ...]
    label: str | None = None
    description: str = ""
    rest: dict[str, Any] | None = None
    replace: bool = False


class TierApi:
    """Tier schemes as JSON.

    Args:
        workspace: whose they are.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def all(self) -> dict[str, Any]:
        """List all schemes: those that are built in, then those of one's own with what was defined."""
        tiering = self._workspace.tiering
        built_in = [{"name": name, "label": _(tiering.label(name)), "built_in": True} for name in SCHEMES]
        return {"schemes": [*built_in, *({**own.to_dict(), "built_in": False} for own in tiering.own_schemes())]}

    def get(self, name: str, as_of: str | None) -> dict[str, Any]:
        """Sort everybody into the tiers of a scheme."""
        own = self._workspace.schemes.find(name)
        told = self._workspace.tiers(name, as_of).to_dict()
        return told if own is None else {**told, "definition": own.to_dict()}

    def put(self, name: str, values: dict[str, Any]) -> dict[str, Any]:
        """Keep a scheme."""
        body = read_query(SchemeBody, values)
        given: dict[str, Any] = {"name": name, "description": body.description, "tiers": list(body.tiers)}
        given |= {field: value for field, value in (("label", body.label), ("rest", body.rest)) if value is not None}
        return self._workspace.schemes.save_values(given, replace=body.replace).to_dict()

    def delete(self, name: str) -> dict[str, Any]:
        """Forget a scheme."""
        self._workspace.schemes.delete(name)
        return {}

    def explain(self, name: str, person: str, as_of: str | None) -> dict[str, Any]:
        """Say why a person is in their tier."""
        number = self._workspace.people.find(person).id
        found = asdict(self._workspace.tiers(name, as_of).explain(number))
        return {**found, "moves_at": None if found["moves_at"] is None else found["moves_at"].isoformat()}


def add_tiers(app: FastAPI, workspace: Workspace) -> None:
    """Answer below ``/api/v1/tiers``."""
    api = TierApi(workspace)

    @app.get(PATH, include_in_schema=False)
    async def get_schemes(request: Request) -> Response:
        """List all schemes."""
        return await told(request, lambda _values: api.all())

    @app.get(PATH + "/{name}", include_in_schema=False)
    async def get_scheme(name: str, request: Request) -> Response:
        """Sort everybody into the tiers of a scheme."""
        return await told(request, lambda _values: api.get(name, request.query_params.get("as_of")))

    @app.put(PATH + "/{name}", include_in_schema=False)
    async def put_scheme(name: str, request: Request) -> Response:
        """Keep a scheme of one's own."""
        return await told(request, lambda values: api.put(name, values))

    @app.delete(PATH + "/{name}", include_in_schema=False)
    async def delete_scheme(name: str, request: Request) -> Response:
        """Forget a scheme of one's own."""
        return await told(request, lambda _values: api.delete(name))

    @app.get(PATH + "/{name}/explain", include_in_schema=False)
    async def get_tier_explanation(name: str, request: Request) -> Response:
        """Say why a person is in their tier."""
        asked = request.query_params
        return await told(request, lambda _values: api.explain(name, asked.get("person", ""), asked.get("as_of")))
