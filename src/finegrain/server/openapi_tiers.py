"""Tier schemes as OpenAPI describes them: the body is made of the class that reads it, so that both say the same."""

from __future__ import annotations

from finegrain.server.openapi_bodies import schemas_of
from finegrain.server.openapi_operations import Facts, Operation, in_path, paths_of
from finegrain.server.openapi_queries import AS_OF, PERSON
from finegrain.server.tiers import PATH, SchemeBody

_ONE = f"{PATH}/{{name}}"
_NAME = in_path("name", description="The scheme.")
_OPERATIONS = (
    Operation(PATH, "get", "List all tier schemes: those that are built in, then those of one's own."),
    Operation(_ONE, "get", "Sort everybody into the tiers of a scheme.", parameters=(_NAME, AS_OF)),
    Operation(_ONE, "put", "Keep a tier scheme of one's own.", SchemeBody, (_NAME,)),
    Operation(_ONE, "delete", "Forget a tier scheme of one's own.", parameters=(_NAME,)),
    Operation(
        f"{_ONE}/explain", "get", "Say why a person is in their tier, and what moves them.", parameters=(_NAME, PERSON, AS_OF)
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
    return schemas_of(SchemeBody)


def tier_paths() -> dict[str, Facts]:
    """Give all operations, by path and method."""
    return paths_of(_OPERATIONS, "tiers", _REFUSALS)
