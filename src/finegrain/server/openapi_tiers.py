"""Tier schemes as OpenAPI describes them: the body is made of the class that reads it, so that both say the same."""

from __future__ import annotations

from typing import Any

import msgspec

from finegrain.server.openapi_goals import operation
from finegrain.server.openapi_queries import AS_OF
from finegrain.server.tiers import PATH, SchemeBody

Facts = dict[str, Any]
_ONE = f"{PATH}/{{name}}"
_NAME = {"name": "name", "in": "path", "required": True, "description": "The scheme.", "schema": {"type": "string"}}
_PERSON = {"name": "person", "in": "query", "required": True, "description": "An id of the person.", "schema": {"type": "string"}}
_OPERATIONS: tuple[tuple[str, str, str, type[Any] | None, tuple[Facts, ...]], ...] = (
    (PATH, "get", "List all tier schemes: those that are built in, then those of one's own.", None, ()),
    (_ONE, "get", "Sort everybody into the tiers of a scheme.", None, (_NAME, AS_OF)),
    (_ONE, "put", "Keep a tier scheme of one's own.", SchemeBody, (_NAME,)),
    (_ONE, "delete", "Forget a tier scheme of one's own.", None, (_NAME,)),
    (
        f"{_ONE}/explain",
        "get",
        "Say why a person is in their tier, and what moves them.",
        None,
        (_NAME, _PERSON, AS_OF),
    ),
)
_REFUSALS = {
    "401": "It takes a session of the console, or a token as a bearer.",
    "403": "To change tier schemes takes the permission strategy:write.",
    "404": "There is no such scheme or person.",
    "408": "The body did not arrive in time.",
    "413": "The body is too large.",
    "422": "A field has a value that it cannot take, or the scheme is named by others.",
    "503": "A store refuses.",
}


def tier_schemas() -> dict[str, Facts]:
    """Give the schemas of all bodies, by name."""
    _shown, told = msgspec.json.schema_components((SchemeBody,), ref_template="#/components/schemas/{name}")
    schemas: dict[str, Facts] = msgspec.json.decode(msgspec.json.encode(told))
    return schemas


def tier_paths() -> dict[str, Facts]:
    """Give all operations, by path and method."""
    paths: dict[str, Facts] = {}
    for path, method, summary, body, parameters in _OPERATIONS:
        paths.setdefault(path, {})[method] = operation(
            path, method, summary, body, parameters=parameters, tag="tiers", refusals=_REFUSALS
        )
    return paths
