"""Segments as OpenAPI describes them: each body is made of the class that reads it, so that both say the same."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from finegrain.server.openapi_bodies import reference
from finegrain.server.segments import PATH, IdsToImport, NewSegment, PortraitAsked, RuleToPreview, WhereToSend

Facts = dict[str, Any]
_JSON = "application/json"
_BODIES = (IdsToImport, NewSegment, PortraitAsked, RuleToPreview, WhereToSend)
_ONE = f"{PATH}/{{name}}"
_REFUSALS = {
    "401": "It takes a session of the console, or a token as a bearer.",
    "403": "To change or recompute segments takes the permission strategy:write.",
    "404": "There is no such segment or person.",
    "408": "The body did not arrive in time.",
    "413": "The body is too large.",
    "422": "A field has a value that it cannot take; of a rule, the error names the node.",
    "503": "A store refuses.",
}
_PARAMETERS = {
    "as_of": "The present.",
    "page": "Which page, from 1.",
    "per_page": "People a page, at most 1,000.",
    "person": "An id of the person.",
}


class _Operation(NamedTuple):
    """One method of one path."""

    path: str
    method: str
    summary: str
    body: type[Any] | None = None
    parameters: tuple[str, ...] = ()


_OPERATIONS = (
    _Operation(PATH, "get", "List all segments by name."),
    _Operation(f"{PATH}/preview", "post", "Preview a rule: count, sample, overlaps, reach.", RuleToPreview, ("as_of",)),
    _Operation(f"{PATH}/portrait", "post", "Say what tells a segment or tier from everybody.", PortraitAsked, ("as_of",)),
    _Operation(f"{PATH}/recompute", "post", "Recompute all segments that are rules."),
    _Operation(_ONE, "get", "Give one segment."),
    _Operation(_ONE, "put", "Keep a rule or a list under a name.", NewSegment),
    _Operation(_ONE, "delete", "Forget a segment."),
    _Operation(f"{_ONE}/import", "post", "Keep a list by ids, and say which nobody has.", IdsToImport),
    _Operation(f"{_ONE}/send", "post", "Send the people of a segment to another server, signed.", WhereToSend, ("as_of",)),
    _Operation(f"{_ONE}/people", "get", "List the people of a segment.", parameters=("page", "per_page", "as_of")),
    _Operation(f"{_ONE}/explain", "get", "Explain a segment for one person.", parameters=("person", "as_of")),
)


def segment_schemas() -> dict[str, Facts]:
    """Give the schemas of all bodies, by name."""
    _shown, told = msgspec.json.schema_components(_BODIES, ref_template="#/components/schemas/{name}")
    schemas: dict[str, Facts] = msgspec.json.decode(msgspec.json.encode(told))
    return schemas


def segment_paths() -> dict[str, Facts]:
    """Give all operations, by path and method."""
    paths: dict[str, Facts] = {}
    for one in _OPERATIONS:
        paths.setdefault(one.path, {})[one.method] = _described(one)
    return paths


def _described(one: _Operation) -> Facts:
    name = one.path.removeprefix("/api/v1/").replace("/", "_").replace("{", "").replace("}", "")
    in_path = [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}] if "{name}" in one.path else []
    asked = [
        {
            "name": name,
            "in": "query",
            "description": _PARAMETERS[name],
            "required": name == "person",
            "schema": {"type": "string"},
        }
        for name in one.parameters
    ]
    operation: Facts = {
        "operationId": f"{one.method}_{name}",
        "summary": one.summary,
        "tags": ["segments"],
        "security": [{"bearer": []}, {"session": []}],
        "parameters": [*in_path, *asked],
        "responses": {"200": {"description": "Done.", "content": {_JSON: {"schema": {"type": "object"}}}}}
        | {
            status: {"description": meaning, "content": {_JSON: {"schema": reference("Error")}}}
            for status, meaning in _REFUSALS.items()
        },
    }
    if one.body is not None:
        operation["requestBody"] = {"required": True, "content": {_JSON: {"schema": reference(one.body.__name__)}}}
    return operation
