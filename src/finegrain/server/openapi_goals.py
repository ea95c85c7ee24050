"""Goals as OpenAPI describes them: each body is made of the class that reads it, so that both say the same."""

from __future__ import annotations

from finegrain.server.goals import PATH, GoalChange
from finegrain.server.openapi_bodies import schemas_of
from finegrain.server.openapi_operations import Facts, Operation, in_path, paths_of
from finegrain.server.openapi_queries import AS_OF
from finegrain.strategy.goals.contract import NewGoal

_ONE, _PROGRESS, _SUGGESTIONS = f"{PATH}/{{goal}}", f"{PATH}/{{goal}}/progress", f"{PATH}/suggestions"
_GOAL = in_path("goal", description="Its number, or its name.")
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
_OPERATIONS = (
    Operation(PATH, "get", "List all goals, the one that ends first before the others."),
    Operation(PATH, "post", "Set a goal, and measure its baseline.", NewGoal, (AS_OF,)),
    Operation(
        _SUGGESTIONS, "get", "Suggest goals for the tiers of a scheme, with the reasons.", parameters=(_SCHEME, _DAYS, AS_OF)
    ),
    Operation(_ONE, "get", "Give one goal.", parameters=(_GOAL,)),
    Operation(_ONE, "patch", "Change name, target, last day, budget, owner or note.", GoalChange, (_GOAL,)),
    Operation(_ONE, "delete", "Forget a goal.", parameters=(_GOAL,)),
    Operation(_PROGRESS, "get", "Say how far a goal is day by day, and where it is heading.", parameters=(_GOAL, AS_OF)),
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
    return schemas_of(NewGoal, GoalChange)


def goal_paths() -> dict[str, Facts]:
    """Give all operations, by path and method."""
    return paths_of(_OPERATIONS, "goals", _REFUSALS)
