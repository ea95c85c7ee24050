"""Goals as OpenAPI describes them: each body is made of the class that reads it, so that both say the same."""

from __future__ import annotations

from typing import Any

import msgspec

from finegrain.server.goals import PATH, GoalChange
from finegrain.server.openapi_bodies import answers, reference
from finegrain.server.openapi_queries import AS_OF, SECURITY
from finegrain.strategy.goals.contract import NewGoal

Facts = dict[str, Any]
_JSON = "application/json"
_ONE, _PROGRESS, _SUGGESTIONS = f"{PATH}/{{goal}}", f"{PATH}/{{goal}}/progress", f"{PATH}/suggestions"
_GOAL = {
    "name": "goal",
    "in": "path",
    "required": True,
    "description": "Its number, or its name.",
    "schema": {"type": "string"},
}
_SCHEME = {
    "name": "scheme",
    "in": "query",
    "required": True,
    "description": "Whose tiers.",
    "schema": {"type": "string"},
}
_DAYS = {
    "name": "days",
    "in": "query",
    "description": "How many days the goals last.",
    "schema": {"type": "integer", "minimum": 7, "maximum": 366, "default": 30},
}
_OPERATIONS: tuple[tuple[str, str, str, type[Any] | None, tuple[Facts, ...]], ...] = (
    (PATH, "get", "List all goals, the one that ends first before the others.", None, ()),
    (PATH, "post", "Set a goal, and measure its baseline.", NewGoal, (AS_OF,)),
    (_SUGGESTIONS, "get", "Suggest goals for the tiers of a scheme, with the reasons.", None, (_SCHEME, _DAYS, AS_OF)),
    (_ONE, "get", "Give one goal.", None, (_GOAL,)),
    (_ONE, "patch", "Change name, target, last day, budget, owner or note.", GoalChange, (_GOAL,)),
    (_ONE, "delete", "Forget a goal.", None, (_GOAL,)),
    (_PROGRESS, "get", "Say how far a goal is day by day, and where it is heading.", None, (_GOAL, AS_OF)),
)
_REFUSALS = {
    "401": "It takes a session of the console, or a token as a bearer.",
    "403": "To change goals takes the permission goal:write.",
    "404": "There is no such goal, tier, segment or event.",
    "408": "The body did not arrive in time.",
    "413": "The body is too large.",
    "422": "A field has a value that it cannot take.",
    "503": "A store refuses.",
}


def goal_schemas() -> dict[str, Facts]:
    """Give the schemas of all bodies, by name."""
    _shown, told = msgspec.json.schema_components((NewGoal, GoalChange), ref_template="#/components/schemas/{name}")
    schemas: dict[str, Facts] = msgspec.json.decode(msgspec.json.encode(told))
    return schemas


def goal_paths() -> dict[str, Facts]:
    """Give all operations, by path and method."""
    paths: dict[str, Facts] = {}
    for path, method, summary, body, parameters in _OPERATIONS:
        paths.setdefault(path, {})[method] = operation(
            path, method, summary, body, parameters=parameters, tag="goals", refusals=_REFUSALS
        )
    return paths


def operation(
    path: str, method: str, summary: str, body: type[Any] | None, *, parameters: tuple[Facts, ...], tag: str, refusals: Facts
) -> Facts:
    """Give one operation as OpenAPI describes it."""
    name = path.removeprefix("/api/v1/").replace("/", "_").replace("{", "").replace("}", "")
    told: Facts = {
        "operationId": f"{method}_{name}",
        "summary": summary,
        "tags": [tag],
        "security": SECURITY,
        "parameters": list(parameters),
        "responses": answers("Done.", refusals),
    }
    if body is not None:
        told["requestBody"] = {"required": True, "content": {_JSON: {"schema": reference(body.__name__)}}}
    return told
