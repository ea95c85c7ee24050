"""How OpenAPI describes operations: several of one subject, each with what it reads and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from finegrain.server.openapi_bodies import answers, reference
from finegrain.server.openapi_queries import SECURITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Facts = dict[str, Any]


class Operation(NamedTuple):
    """One method of one path.

    Attributes:
        path: with the names of its parts in braces.
        method: in small letters.
        summary: what it does, in a sentence.
        body: the class that reads the body; None where there is none.
        parameters: of the path and the query, as OpenAPI describes them.
    """

    path: str
    method: str
    summary: str
    body: type[Any] | None = None
    parameters: tuple[Facts, ...] = ()


def in_path(name: str, kind: str = "string", **more: Any) -> Facts:
    """Describe a part of a path."""
    return {"name": name, "in": "path", "required": True, **more, "schema": {"type": kind}}


def paths_of(operations: Iterable[Operation], tag: str, refusals: Mapping[str, str]) -> dict[str, Facts]:
    """Describe operations by path and method.

    Args:
        operations: what can be called.
        tag: what they are about.
        refusals: what each status other than 200 means.
    """
    paths: dict[str, Facts] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method] = _described(one, tag, refusals)
    return paths


def _described(one: Operation, tag: str, refusals: Mapping[str, str]) -> Facts:
    name = one.path.removeprefix("/api/v1/").replace("/", "_").replace("{", "").replace("}", "")
    told: Facts = {
        "operationId": f"{one.method}_{name}",
        "summary": one.summary,
        "tags": [tag],
        "security": SECURITY,
        "parameters": list(one.parameters),
        "responses": answers("Done.", refusals),
    }
    if one.body is not None:
        told["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": reference(one.body.__name__)}},
        }
    return told
