"""History as OpenAPI describes it: fields and bodies are made of the classes that read them, so that both say the same."""

from __future__ import annotations

from typing import Any

import msgspec

from finegrain.server.history import PATH, DaysToFill, FlowAsked, FlowPeopleAsked, MembersAsked, SizesAsked
from finegrain.server.openapi_bodies import answers, reference
from finegrain.server.openapi_queries import SECURITY

Facts = dict[str, Any]
_ASKED = (
    ("/sizes", SizesAsked, "Tell the size of a tier, a segment or all tiers of a scheme by day, with who came and left."),
    ("/people", MembersAsked, "List who was in a tier or segment at the end of a day."),
    ("/flow", FlowAsked, "Tell who went from which tier to which between two days."),
    ("/flow/people", FlowPeopleAsked, "List those who went from one tier to another."),
)
_REFUSALS = {
    "401": "It takes a session of the console, or a token as a bearer.",
    "403": "To keep or fill days takes the permission strategy:write.",
    "404": "There is no such scheme, tier or segment.",
    "408": "The body did not arrive in time.",
    "413": "The body is too large.",
    "422": "A field has a value that it cannot take, or nothing is kept of the day.",
    "503": "A store refuses.",
}


def history_schemas() -> dict[str, Facts]:
    """Give the schemas of all bodies, by name."""
    return _schemas((DaysToFill,))


def history_paths() -> dict[str, Facts]:
    """Give all operations, by path and method."""
    told = {f"{PATH}{path}": {"get": _operation("get", path, summary, _fields(asked))} for path, asked, summary in _ASKED}
    keep = _operation("post", "/keep", "Keep the present state as that of the running day.", [])
    fill = _operation("post", "/fill", "Compute past days of which nothing is kept.", [])
    body = {"required": True, "content": {"application/json": {"schema": reference(DaysToFill.__name__)}}}
    return {**told, f"{PATH}/keep": {"post": keep}, f"{PATH}/fill": {"post": {**fill, "requestBody": body}}}


def _schemas(kinds: tuple[type[Any], ...]) -> dict[str, Facts]:
    _shown, told = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    schemas: dict[str, Facts] = msgspec.json.decode(msgspec.json.encode(told))
    return schemas


def _fields(asked: type[Any]) -> list[Facts]:
    schema = _schemas((asked,))[asked.__name__]
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": field}
        for name, field in schema["properties"].items()
    ]


def _operation(method: str, path: str, summary: str, parameters: list[Facts]) -> Facts:
    return {
        "operationId": f"{method}_history{path.replace('/', '_')}",
        "summary": summary,
        "tags": ["history"],
        "security": SECURITY,
        "parameters": parameters,
        "responses": answers("Done.", _REFUSALS),
    }
