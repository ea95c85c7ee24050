"""Addresses below ``/api`` at which nothing answers: programs are told so as by every other error, with what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request  # noqa: TC002 - FastAPI evaluates the types of routes
from starlette.responses import Response  # noqa: TC002 - likewise
from starlette.routing import Match, Route

from finegrain.server.errors import UnknownAddressError, WrongMethodError
from finegrain.server.queries import refusal

if TYPE_CHECKING:
    from fastapi import FastAPI

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def add_elsewhere(app: FastAPI) -> None:
    """Answer what no route below ``/api`` answers; to be added after all of them."""
    known = [route for route in app.routes if isinstance(route, Route)]

    @app.api_route("/api/{path:path}", methods=list(METHODS), include_in_schema=False)
    async def nothing_here(request: Request) -> Response:
        """Say that there is nothing, or nothing that takes this method."""
        matching = [route.methods or () for route in known if route.matches(request.scope)[0] is Match.PARTIAL]
        allowed = ", ".join(sorted({method for methods in matching for method in methods}))
        method, path = request.method, request.url.path
        if not allowed:
            return refusal(request, UnknownAddressError(path=path))
        refused = refusal(request, WrongMethodError(method=method, path=path, allowed=allowed))
        refused.headers["allow"] = allowed
        return refused
