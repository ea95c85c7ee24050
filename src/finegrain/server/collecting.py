"""The collector's doors: the paths to which the vendors' SDKs send, ahead of everything else the server does.

They are plain ASGI in front of the application, because the sessions and pages of the console have no place in a request that
comes three thousand times a second.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl

from finegrain.access.tokens import PREFIX
from finegrain.collect.pipeline.contract import Arrival, Receipt
from finegrain.collect.pipeline.errors import NotStoredError, OverloadedError
from finegrain.collect.pipeline.records import record_of
from finegrain.collect.sources.contract import Source
from finegrain.collect.sources.errors import OriginRefusedError, UnknownKeyError
from finegrain.collect.wire.bodies import is_packed
from finegrain.collect.wire.errors import BodyTooLargeError
from finegrain.collect.wire.request import WireRequest
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, translate
from finegrain.server import answers
from finegrain.server.answers import Answer
from finegrain.server.errors import LongQueryError, SlowBodyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping
    from typing import Any

    from finegrain.collect.pipeline.budget import Budget
    from finegrain.collect.pipeline.rows import Rows
    from finegrain.collect.wire.contract import DecodedRequest, WireFormat
    from finegrain.workspace import Workspace

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Any]
    Send = Callable[[MutableMapping[str, Any]], Any]
    App = Callable[[Scope, Receive, Send], Any]
    Decode = Callable[[WireRequest], DecodedRequest]

SMALL_BYTES = 8_192
"""Bodies up to this are decoded on the event loop: handing them to a thread would take longer than the decoding.

Packed ones are not, for nobody knows how much comes out of them.
"""

BODY_TIMEOUT_S = 60.0
"""How long a sender may take for its body."""

MOST_FIELDS = 100
"""Fields that the query of an address may have; no SDK sends ten."""

CHECKING = "debug"
"""Last part of the path on which 神策's SDKs ask for a verdict on each item."""

NO_PAGE = "token:"
"""An origin that no page has."""

_METHODS = b"GET, POST, OPTIONS"
_DAY_S = b"86400"
_EXPOSED = b"retry-after, x-ratelimit-reset"


class Route(NamedTuple):
    """What is sent to a path: its format, how it is decoded, and whether it may come as GET."""

    format: WireFormat
    decode: Decode
    takes_get: bool = False


class CollectDoor:
    """The application with the collector's paths in front of it.

    Args:
        app: what answers all other paths.
        workspace: stores what is sent.
        routes: path without a slash at its end → what is sent there; ``*/x`` stands for every path whose last part is x.
        body_timeout_s: how long a sender may take for its body.
    """

    def __init__(
        self, app: App, workspace: Workspace, routes: Mapping[str, Route], *, body_timeout_s: float = BODY_TIMEOUT_S
    ) -> None:
        self._app = app
        self._sources = workspace.sources
        self._tokens = workspace.access.tokens
        self._collector = workspace.collector
        self._clock = workspace.clock
        self._max_body_bytes = workspace.settings.collect_max_body_bytes
        self._routes = routes
        self._body_timeout_s = body_timeout_s
        self._decoder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="finegrain-decoder")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        route = self._route(scope["path"]) if scope["type"] == "http" else None
        if route is None:
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get("origin")
        if scope["method"] == "OPTIONS":
            answer = self._preflight(route, origin, headers)
        elif scope["method"] == "POST" or (route.takes_get and scope["method"] == "GET"):
            answer = await self._take(route, scope, receive, headers)
        else:
            answer = Answer(405, b"text/plain", b"", ((b"allow", _METHODS),))
        await _send(send, answer, origin)

    def _route(self, path: str) -> Route | None:
        path = path.rstrip("/")
        return self._routes.get(path) or self._routes.get("*" + path[path.rfind("/") :])

    async def _take(self, route: Route, scope: Scope, receive: Receive, headers: dict[str, str]) -> Answer:
        began_s = perf_counter()
        taken = _Taken(self._collector.budget)
        try:
            body = await self._read_body(receive, taken)
            request = WireRequest(scope["path"], body, self._clock.now(), _query(scope["query_string"]), headers)
            receipt = await self._store(route, request, began_s)
        except FinegrainError as error:
            self._count_failure(error)
            return answers.failed(error, route.format, scope["path"])
        finally:
            taken.give_back()
        return answers.stored(receipt, route.format, request.path)

    def _count_failure(self, error: FinegrainError) -> None:
        if not isinstance(error, NotStoredError):  # which the writer counted
            self._collector.health.turned_away(error.code, overloaded=isinstance(error, OverloadedError))

    async def _store(self, route: Route, request: WireRequest, began_s: float) -> Receipt:
        if len(request.body) <= SMALL_BYTES and not is_packed(request):
            rows = self._prepare(route, request, began_s)
        else:
            loop = asyncio.get_running_loop()
            rows = await loop.run_in_executor(self._decoder, self._prepare, route, request, began_s)
        if rows.arrival.decoded.dry_run:
            return Receipt(0, 0, tuple(rows.refused))
        # Who asks for a check wants to know what became of each event.
        record = None if request.endpoint == CHECKING else partial(record_of, request, rows.arrival)
        return await self._collector.store(rows, record)

    def _prepare(self, route: Route, request: WireRequest, began_s: float) -> Rows:
        decoded = route.decode(request)
        source = self._sources.authenticate(decoded.key, route.format) or self._token(decoded.key, route.format)
        if source is None:
            raise UnknownKeyError(format=route.format)
        origin = request.headers.get("origin")
        if not source.allows(origin):
            raise OriginRefusedError(origin=origin, name=source.name)
        agent = request.headers.get("user-agent", "")
        return self._collector.prepare(Arrival(decoded, source.name, route.format, request.received_at, agent), began_s)

    def _token(self, key: str | None, format: WireFormat) -> Source | None:  # noqa: A002 - its name
        """Give the source that a token of the scope ``collect`` stands for; pages have no tokens, so no origin is allowed."""
        actor = self._tokens.actor(key) if key and key.startswith(PREFIX) else None
        if actor is None or not actor.may("collect"):
            return None
        now = self._clock.now()
        return Source(actor.id, actor.name, format, key[-4:] if key else "", (NO_PAGE,), True, now, now, None)  # noqa: FBT003 - enabled

    async def _read_body(self, receive: Receive, taken: _Taken) -> bytes:
        try:
            async with asyncio.timeout(self._body_timeout_s):
                return await self._read_parts(receive, taken)
        except TimeoutError as error:
            raise SlowBodyError(limit_s=self._body_timeout_s) from error

    async def _read_parts(self, receive: Receive, taken: _Taken) -> bytes:
        parts: list[bytes] = []
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise SlowBodyError(limit_s=self._body_timeout_s)
            parts.append(message.get("body", b""))
            self._count(taken, len(parts[-1]))
            if not message.get("more_body", False):
                return parts[0] if len(parts) == 1 else b"".join(parts)

    def _count(self, taken: _Taken, amount: int) -> None:
        if taken.amount + amount > self._max_body_bytes:
            raise BodyTooLargeError(limit=self._max_body_bytes)
        taken.take(amount)

    def _preflight(self, route: Route, origin: str | None, headers: Mapping[str, str]) -> Answer:
        if origin is None or not self._sources.allows_origin(origin, route.format):
            return Answer(403, b"text/plain", translate(N_("No source takes what pages of this origin send."), "en").encode())
        wanted = headers.get("access-control-request-headers", "content-type").encode("latin-1", "replace")
        allowed = ((b"access-control-allow-methods", _METHODS), (b"access-control-allow-headers", wanted))
        return Answer(204, b"text/plain", b"", (*allowed, (b"access-control-max-age", _DAY_S)))


def _query(text: bytes) -> dict[str, str]:
    if not text:
        return {}
    if text.count(b"&") >= MOST_FIELDS:
        raise LongQueryError(limit=MOST_FIELDS)
    return dict(parse_qsl(text.decode("latin-1"), keep_blank_values=True))


class _Taken:
    """The bytes that one request has taken of the collector's budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.amount = 0

    def take(self, amount: int) -> None:
        self._budget.take(amount)
        self.amount += amount

    def give_back(self) -> None:
        self._budget.give_back(self.amount)


async def _send(send: Send, answer: Answer, origin: str | None) -> None:
    headers = [(b"content-type", answer.media_type), (b"content-length", str(len(answer.body)).encode()), *answer.headers]
    if origin is not None:
        headers.append((b"vary", b"origin"))
        if answer.status != HTTPStatus.FORBIDDEN:
            allowed = (b"access-control-allow-origin", origin.encode("latin-1"))
            headers += [allowed, (b"access-control-allow-credentials", b"true"), (b"access-control-expose-headers", _EXPOSED)]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
