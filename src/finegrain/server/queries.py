"""The questions about behaviour over HTTP: ``/api/v1/query/<kind>``, the people behind a number, and the names of events."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request  # noqa: TC002 - FastAPI evaluates the types of routes
from starlette.responses import Response

from finegrain.access.acting import acting_as
from finegrain.access.errors import NotAllowedError
from finegrain.access.masking import mask_id, mask_part, mask_text, masking
from finegrain.behaviour.errors import BadQueryError
from finegrain.errors import FinegrainError, InputError, NotFoundError, StorageError
from finegrain.i18n import Phrase, normalise, speaking
from finegrain.server.errors import LongBodyError, SlowBodyError, WrongMethodError
from finegrain.server.guard import ACTOR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from fastapi import FastAPI
    from numpy.typing import NDArray

    from finegrain.people.contract import Person
    from finegrain.workspace import Workspace

MAX_BODY_BYTES = 1_000_000
BODY_TIMEOUT_S = 60.0
MOST_PAGES, USUAL_PER_PAGE, MOST_PER_PAGE = 10**9, 100, 1_000
_DIGITS = 10
STATUS: tuple[tuple[type[FinegrainError], int], ...] = (
    (LongBodyError, 413), (SlowBodyError, 408), (WrongMethodError, 405), (InputError, 422), (NotFoundError, 404),
    (NotAllowedError, 403), (StorageError, 503),
)  # fmt: skip
"""Error → status, the first that fits; any other one is a 500."""
_OBJECT = Phrase("one JSON object")
_encode = msgspec.json.Encoder(enc_hook=str).encode


class QueryApi:
    """Answers questions in threads beside the event loop.

    Args:
        workspace: what is asked.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def answer(self, kind: str, values: dict[str, Any], as_of: str | None) -> dict[str, Any]:
        """Answer one query; values of a person's trait are masked for whoever may not see personal data."""
        return shown_to_reader(self._workspace.queries.answer(kind, values, self._workspace.as_of(as_of)))

    def people(self, kind: str, values: dict[str, Any], as_of: str | None) -> dict[str, Any]:
        """List the people behind one number."""
        page, per_page = _page_and_size(values)
        query, select = _object(values, "query"), _object(values, "select")
        unknown = sorted(values.keys() - {"query", "select", "page", "per_page"})
        if unknown:
            allowed = Phrase("one of the fields {names}", names="page, per_page, query, select")
            raise BadQueryError(field=unknown[0], value=repr(values[unknown[0]]), allowed=allowed)
        found = self._workspace.queries.people(kind, query, select, self._workspace.as_of(as_of))
        return people_page(self._workspace, found, page, per_page)

    def events(self) -> dict[str, Any]:
        """List the events that were ever stored, the most frequent first."""
        counts = self._workspace.events.event_counts()
        return {"events": [{"name": name, "count": count} for name, count in counts.items()]}


def people_page(workspace: Workspace, found: NDArray[np.int64], page: int, per_page: int) -> dict[str, Any]:
    """Give one page of people as JSON values, as the reader may see them; ``page`` counts from 1."""
    shown = workspace.people.many(found[(page - 1) * per_page : page * per_page])
    return {"total": len(found), "page": page, "per_page": per_page, "people": [shown_person(person) for person in shown]}


def shown_to_reader(result: Any) -> dict[str, Any]:
    """Give an answer as JSON values; what it is counted by is masked for whoever may not see personal data."""
    answer: dict[str, Any] = (result.masked(mask_part) if masking() else result).to_dict()
    return answer


def add_queries(app: FastAPI, workspace: Workspace) -> None:
    """Answer questions about behaviour below ``/api/v1``."""
    api = QueryApi(workspace)

    @app.post("/api/v1/query/{kind}", include_in_schema=False)
    async def post_query(kind: str, request: Request) -> Response:
        """Answer the query that is the body."""
        return await told(request, lambda values: api.answer(kind, values, request.query_params.get("as_of")))

    @app.get("/api/v1/query/{kind}", include_in_schema=False)
    async def get_query(kind: str, request: Request) -> Response:
        """Answer the query that is the field ``q`` of the address."""
        return await told(request, lambda values: api.answer(kind, values, request.query_params.get("as_of")))

    @app.post("/api/v1/query/{kind}/people", include_in_schema=False)
    async def post_people(kind: str, request: Request) -> Response:
        """List the people behind a number of the query in the body."""
        return await told(request, lambda values: api.people(kind, values, request.query_params.get("as_of")))

    @app.get("/api/v1/events", include_in_schema=False)
    async def get_events(request: Request) -> Response:
        """List the names of events."""
        return await told(request, lambda _values: api.events())


async def told(request: Request, answer: Callable[[dict[str, Any]], dict[str, Any]]) -> Response:
    """Read a request, answer it in a thread as whoever asks, and tell errors as one JSON object."""
    language = _language(request)

    def work(values: dict[str, Any]) -> bytes:
        with acting_as(request.scope[ACTOR]), speaking(language):
            return _encode(answer(values))

    try:
        values = _values(await _body(request))
        return Response(await asyncio.to_thread(work, values), media_type="application/json")
    except FinegrainError as error:
        return refusal(request, error)


def refusal(request: Request, error: FinegrainError) -> Response:
    """Tell an error as one JSON object, in the reader's language."""
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 500)
    told = _encode(error.to_dict(_language(request)))
    return Response(told, status_code=status, media_type="application/json")


def _language(request: Request) -> str:
    return normalise(request.headers.get("accept-language", "en"))


async def _body(request: Request) -> bytes:
    if request.method in {"GET", "DELETE"}:
        return request.query_params.get("q", "{}").encode()
    parts, size = [], 0
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for part in request.stream():
                parts.append(part)
                size += len(part)
                if size > MAX_BODY_BYTES:
                    raise LongBodyError(limit=MAX_BODY_BYTES)
    except TimeoutError as error:
        raise SlowBodyError(limit_s=BODY_TIMEOUT_S) from error
    return b"".join(parts)


def _values(body: bytes) -> dict[str, Any]:
    try:
        values = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadQueryError(field="query", value=Phrase("no JSON"), allowed=_OBJECT) from error
    if not isinstance(values, dict):
        raise BadQueryError(field="query", value=type(values).__name__, allowed=_OBJECT)
    return values


def _object(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = values.get(name, {})
    if not isinstance(value, dict):
        raise BadQueryError(field=name, value=repr(value), allowed=_OBJECT)
    return value


def whole_field(values: Mapping[str, Any], name: str, default: int, most: int) -> int:
    """Give a field that is a whole number from 1 to ``most``, or its default.

    Raises:
        BadQueryError: it is something else.
    """
    value = values.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        allowed = Phrase("a whole number from {low} to {high}", low=1, high=most)
        raise BadQueryError(field=name, value=repr(value), allowed=allowed)
    return value


def asked_page(parameters: Mapping[str, str]) -> tuple[int, int]:
    """Give which page the parameters of an address ask for, from 1, and how many people it holds.

    Raises:
        BadQueryError: one of them is no whole number, or out of bounds.
    """
    numbers = {name: int(text) if text.isdecimal() and len(text) <= _DIGITS else text for name, text in parameters.items()}
    return _page_and_size(numbers)


def _page_and_size(values: Mapping[str, Any]) -> tuple[int, int]:
    return whole_field(values, "page", 1, MOST_PAGES), whole_field(values, "per_page", USUAL_PER_PAGE, MOST_PER_PAGE)


def shown_person(person: Person) -> dict[str, Any]:
    """Give a person as JSON values, masked for whoever may not see personal data."""
    if masking():
        return {"person_id": person.id, "id": mask_id(person.display_id), "name": mask_text(person.name) if person.name else ""}
    return {"person_id": person.id, "id": person.display_id, "name": person.name}
