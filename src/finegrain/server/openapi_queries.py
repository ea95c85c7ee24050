"""The questions about behaviour as OpenAPI describes them: each kind's body is made of its spec, so that both say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.behaviour.queries.contract import Breakdown, EventMatch
from finegrain.behaviour.queries.kinds import KINDS
from finegrain.server.openapi_bodies import answers, reference, schemas_of
from finegrain.server.queries import MOST_PAGES, MOST_PER_PAGE, USUAL_PER_PAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

Facts = dict[str, Any]
_JSON = "application/json"
SECURITY: list[Facts] = [{"bearer": []}, {"session": []}]
AS_OF: Facts = {
    "name": "as_of",
    "in": "query",
    "description": "The present: a date (its start), a time in ISO form, or now. By default what the setting as_of says.",
    "schema": {"type": "string"},
}
PERSON: Facts = {
    "name": "person",
    "in": "query",
    "required": True,
    "description": "An id of the person.",
    "schema": {"type": "string"},
}
PAGES: tuple[Facts, Facts] = (
    {
        "name": "page",
        "in": "query",
        "description": "Which page, from 1.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_PAGES, "default": 1},
    },
    {
        "name": "per_page",
        "in": "query",
        "description": "People a page.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": USUAL_PER_PAGE},
    },
)
_REFUSALS = {
    "401": "It takes a session of the console, or a token of the scope query:read, as a bearer.",
    "404": "There is no such query, event, trait, tier or segment; the nearest names are told.",
    "408": "The body did not arrive in time.",
    "413": "The body is too large.",
    "422": "A field has a value that it cannot take; facts name the field, its value, and what is allowed.",
    "503": "A store refuses.",
}
_TOO_LONG: Facts = {
    "description": "The address is too long: send the question by POST.",
    "content": {"text/plain": {"schema": {"type": "string"}}},
}
SCHEMES: Mapping[str, Facts] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token of the scope query:read."},
    "session": {"type": "apiKey", "in": "cookie", "name": "finegrain_session", "description": "A login of the console."},
}


def query_schemas() -> dict[str, Facts]:
    """Give the schemas of all kinds' questions and selections, by name."""
    asked = [one for kind in KINDS.values() for one in (kind.query, kind.selection)]
    schemas = schemas_of(*asked)
    by_name_alone = {one.__name__ for one in (Breakdown, EventMatch, *EventMatch.__subclasses__())}
    for name in by_name_alone & schemas.keys():
        schemas[name] = {"anyOf": [{"type": "string", "description": "The name alone."}, schemas[name]]}
    return schemas


def query_paths() -> dict[str, Facts]:
    """Give the operations of all kinds, and of the names of events."""
    paths: dict[str, Facts] = {}
    for name, kind in KINDS.items():
        body = reference(kind.query.__name__)
        summary = (kind.query.__doc__ or name).partition("\n")[0]
        get: Facts = {"parameters": [AS_OF, {"name": "q", "in": "query", "required": True, "content": {_JSON: {"schema": body}}}]}
        post = {"parameters": [AS_OF], "requestBody": _body(body)}
        paths[f"/api/v1/query/{name}"] = {
            method: _operation(f"{method}_{name}", summary, more) for method, more in (("get", get), ("post", post))
        }
        listing = {"parameters": [AS_OF], "requestBody": _body(_listed(body, reference(kind.selection.__name__)))}
        # What the HTTP parser refuses never reaches us: a question of many kilobytes has to come by POST.
        paths[f"/api/v1/query/{name}"]["get"]["responses"]["400"] = _TOO_LONG
        paths[f"/api/v1/query/{name}/people"] = {
            "post": _operation(f"post_{name}_people", "List the people behind a number.", listing)
        }
    return {**paths, "/api/v1/events": {"get": _operation("get_events", "List the events that were ever stored.", {})}}


def _listed(query: Facts, select: Facts) -> Facts:
    count: Facts = {"type": "integer", "minimum": 1}
    properties = {
        "query": query,
        "select": select,
        "page": {**count, "default": 1},
        "per_page": {**count, "default": 100, "maximum": 1_000},
    }
    return {"type": "object", "properties": properties, "required": ["query"], "additionalProperties": False}


def _body(schema: Facts) -> Facts:
    return {"required": True, "content": {_JSON: {"schema": schema}}}


def _operation(name: str, summary: str, more: Facts) -> Facts:
    responses = answers("The answer.", _REFUSALS)
    return {
        "operationId": name, "summary": summary, "tags": ["queries"], "security": SECURITY, "responses": responses, **more,
    }  # fmt: skip
