"""Dashboards as OpenAPI describes them: each body is made of the class that reads it, so that both say the same."""

from __future__ import annotations

from finegrain.server.dashboards import PATH, CardChange, DashboardChange, DashboardCopy, NewCard, NewDashboard
from finegrain.server.openapi_bodies import schemas_of
from finegrain.server.openapi_operations import Facts, Operation, in_path, paths_of
from finegrain.server.openapi_queries import AS_OF

_BODIES = (NewDashboard, DashboardChange, DashboardCopy, NewCard, CardChange)
_ONE, _CARD = f"{PATH}/{{number}}", f"{PATH}/{{number}}/cards/{{card}}"
_NUMBER, _OF_CARD = (in_path("number", "integer"),), (in_path("number", "integer"), in_path("card", "integer"))
_OPERATIONS = (
    Operation(PATH, "get", "List all dashboards by name."),
    Operation(PATH, "post", "Make a dashboard.", NewDashboard),
    Operation(_ONE, "get", "Give one dashboard.", parameters=_NUMBER),
    Operation(_ONE, "patch", "Rename a dashboard, set its period, put its cards into order.", DashboardChange, _NUMBER),
    Operation(_ONE, "delete", "Forget a dashboard.", parameters=_NUMBER),
    Operation(f"{_ONE}/copy", "post", "Make a dashboard like another one.", DashboardCopy, _NUMBER),
    Operation(f"{_ONE}/cards", "post", "Put a question on a dashboard.", NewCard, _NUMBER),
    Operation(_CARD, "patch", "Give a card another title or size.", CardChange, _OF_CARD),
    Operation(_CARD, "delete", "Take a card off a dashboard.", parameters=_OF_CARD),
    Operation(f"{_CARD}/answer", "get", "Answer the question of a card.", parameters=(*_OF_CARD, AS_OF)),
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
    return schemas_of(*_BODIES)


def dashboard_paths() -> dict[str, Facts]:
    """Give all operations, by path and method."""
    return paths_of(_OPERATIONS, "dashboards", _REFUSALS)
