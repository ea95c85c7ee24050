"""Segments as OpenAPI describes them: each body is made of the class that reads it, so that both say the same."""

from __future__ import annotations

from finegrain.server.openapi_bodies import schemas_of
from finegrain.server.openapi_operations import Facts, Operation, in_path, paths_of
from finegrain.server.openapi_queries import AS_OF, PAGES, PERSON
from finegrain.server.segments import PATH, IdsToImport, NewSegment, PortraitAsked, RuleToPreview, WhereToSend

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
_NAME = in_path("name")
_OPERATIONS = (
    Operation(PATH, "get", "List all segments by name."),
    Operation(f"{PATH}/preview", "post", "Preview a rule: count, sample, overlaps, reach.", RuleToPreview, (AS_OF,)),
    Operation(f"{PATH}/portrait", "post", "Say what tells a segment or tier from everybody.", PortraitAsked, (AS_OF,)),
    Operation(f"{PATH}/recompute", "post", "Recompute all segments that are rules."),
    Operation(_ONE, "get", "Give one segment.", parameters=(_NAME,)),
    Operation(_ONE, "put", "Keep a rule or a list under a name.", NewSegment, (_NAME,)),
    Operation(_ONE, "delete", "Forget a segment.", parameters=(_NAME,)),
    Operation(f"{_ONE}/import", "post", "Keep a list by ids, and say which nobody has.", IdsToImport, (_NAME,)),
    Operation(f"{_ONE}/send", "post", "Send the people of a segment to another server, signed.", WhereToSend, (_NAME, AS_OF)),
    Operation(f"{_ONE}/people", "get", "List the people of a segment.", parameters=(_NAME, *PAGES, AS_OF)),
    Operation(f"{_ONE}/explain", "get", "Explain a segment for one person.", parameters=(_NAME, PERSON, AS_OF)),
)


def segment_schemas() -> dict[str, Facts]:
    """Give the schemas of all bodies, by name."""
    return schemas_of(*_BODIES)


def segment_paths() -> dict[str, Facts]:
    """Give all operations, by path and method."""
    return paths_of(_OPERATIONS, "segments", _REFUSALS)
