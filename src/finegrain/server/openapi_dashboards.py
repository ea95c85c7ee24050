"""Dashboards as OpenAPI describes them: each body is made of the class that reads it, so that both say the same."""

from __future__ import annotations

from typing import Any

import msgspec

from finegrain.server.dashboards import PATH, CardChange, DashboardChange, DashboardCopy, NewCard, NewDashboard
from finegrain.server.openapi_bodies import answers, reference
from finegrain.server.openapi_queries import AS_OF, SECURITY

Facts = dict[str, Any]
_JSON = "application/json"
_BODIES = (NewDashboard, DashboardChange, DashboardCopy, NewCard, CardChange)
_ONE, _CARD = f"{PATH}/{{number}}", f"{PATH}/{{number}}/cards/{{card}}"
_OPERATIONS: tuple[tuple[str, str, str, type[Any] | None], ...] = (
    (PATH, "get", "List all dashboards by name.", None),
    (PATH, "post", "Make a dashboard.", NewDashboard),
    (_ONE, "get", "Give one dashboard.", None),
    (_ONE, "patch", "Rename a dashboard, set its period, put its cards into order.", DashboardChange),
    (_ONE, "delete", "Forget a dashboard.", None),
    (f"{_ONE}/copy", "post", "Make a dashboard like another one.", DashboardCopy),
    (f"{_ONE}/cards", "post", "Put a question on a dashboard.", NewCard),
    (_CARD, "patch", "Give a card another title or size.", CardChange),
    (_CARD, "delete", "Take a card off a dashboard.", None),
    (f"{_CARD}/answer", "get", "Answer the question of a card.", None),
)
_REFUSALS = {
    "401": "It takes a session of the console, or a token as a bearer.",
    "403": "To change dashboards takes the permission dashboard:write.",
    "404": "There is no such dashboard or card.",
    "408": "The body did not arrive in time.",
    "413": "The body is too large.",
    "422": "A field has a value that it cannot take.",
    "503": "A store refuses.",
}


def dashboard_schemas() -> dict[str, Facts]:
    """Give the schemas of all bodies, by name."""
    _shown, told = msgspec.json.schema_components(_BODIES, ref_template="#/components/schemas/{name}")
    schemas: dict[str, Facts] = msgspec.json.decode(msgspec.json.encode(told))
    return schemas


def dashboard_paths() -> dict[str, Facts]:
    """Give all operations, by path and method."""
    paths: dict[str, Facts] = {}
    for path, method, summary, body in _OPERATIONS:
        paths.setdefault(path, {})[method] = _operation(path, method, summary, body)
    return paths


def _operation(path: str, method: str, summary: str, body: type[Any] | None) -> Facts:
    name = path.removeprefix("/api/v1/").replace("/", "_").replace("{", "").replace("}", "")
    numbers = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    operation: Facts = {
        "operationId": f"{method}_{name}",
        "summary": summary,
        "tags": ["dashboards"],
        "security": SECURITY,
        "parameters": [{"name": one, "in": "path", "required": True, "schema": {"type": "integer"}} for one in numbers],
        "responses": answers("Done.", _REFUSALS),
    }
    if path.endswith("/answer"):
        operation["parameters"].append(AS_OF)
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {_JSON: {"schema": reference(body.__name__)}}}
    return operation
