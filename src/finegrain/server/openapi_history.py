"""History as OpenAPI describes it: fields and bodies are made of the classes that read them, so that both say the same."""

from __future__ import annotations

from finegrain.server.history import PATH, DaysToFill, FlowAsked, FlowPeopleAsked, MembersAsked, SizesAsked
from finegrain.server.openapi_bodies import schemas_of
from finegrain.server.openapi_operations import Facts, Operation, paths_of
from finegrain.server.openapi_queries import PAGES

_ASKED = (
    ("/sizes", SizesAsked, "Tell the size of a tier, a segment or all tiers of a scheme by day, with who came and left."),
    ("/people", MembersAsked, "List who was in a tier or segment at the end of a day."),
    ("/flow", FlowAsked, "Tell who went from which tier to which between two days."),
    ("/flow/people", FlowPeopleAsked, "List those who went from one tier to another."),
)
_PAGED = (MembersAsked, FlowPeopleAsked)
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
    return schemas_of(DaysToFill)


def history_paths() -> dict[str, Facts]:
    """Give all operations, by path and method."""
    asked = [Operation(PATH + path, "get", summary, parameters=_parameters(fields)) for path, fields, summary in _ASKED]
    keep = Operation(f"{PATH}/keep", "post", "Keep the present state as that of the running day.")
    fill = Operation(f"{PATH}/fill", "post", "Compute past days of which nothing is kept.", DaysToFill)
    return paths_of([*asked, keep, fill], "history", _REFUSALS)


def _parameters(asked: type) -> tuple[Facts, ...]:
    schema = schemas_of(asked)[asked.__name__]
    required = schema.get("required", [])
    fields = [
        {"name": name, "in": "query", "required": name in required, "schema": field}
        for name, field in schema["properties"].items()
    ]
    return (*fields, *(PAGES if asked in _PAGED else ()))
