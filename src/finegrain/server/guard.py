"""The guard in front of the console: who has no session gets in nowhere, and answers carry the headers that browsers heed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response

from finegrain.console.session import is_secure, network_address, session_key
from finegrain.i18n import N_, translate

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from typing import Any

    from finegrain.access.contract import Actor
    from finegrain.workspace import Workspace

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Any]
    Send = Callable[[MutableMapping[str, Any]], Any]
    App = Callable[[Scope, Receive, Send], Any]

PUBLIC = frozenset(
    {"/healthz", "/readyz", "/favicon.ico", "/openapi.json", "/login", "/login/code", "/login/link", "/login/setup"}
)
"""Paths that are answered to anybody."""

PUBLIC_BELOW = ("/login/company",)

FOR_SDKS = ("/flags", "/decide", "/array")
"""What SDKs ask on pages of any site, and everything below; the answers are the same for everybody."""

STATIC_BELOW = "/_nicegui/"
"""Scripts and styles: the same for everybody, and without data. Only reading is public."""

FOR_PROGRAMS = ("/metrics", "/api")
"""Paths that a program may ask for with a token of the scope ``query:read``, and everything below."""

ACTOR = "finegrain.actor"
"""Where the application finds in a request's scope who asks."""

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    b"content-security-policy": _POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"cross-origin-opener-policy": b"same-origin",
}
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
_NEEDS_LOGIN = N_("Log in first: this address is for users of the console.")
_OTHER_SITE = N_("A page of another site may not do this.")


class Guard:
    """The application with the guard in front of it.

    Args:
        app: what answers.
        workspace: knows sessions and tokens.
    """

    def __init__(self, app: App, workspace: Workspace) -> None:
        self._app = app
        self._access = workspace.access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or connection, or hand it on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        if scope["type"] == "http":
            send = _with_headers(send, secure=is_secure(connection))
        refusal = self._refusal(connection, scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await refusal(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": ""})

    def _refusal(self, connection: HTTPConnection, scope: Scope) -> Response | None:
        path = scope["path"].rstrip("/") or "/"
        if _is_below(path, FOR_SDKS):
            return None
        changing = scope["type"] == "websocket" or scope["method"] not in _READING
        if changing and not same_site(connection):
            return _said(403, _OTHER_SITE)
        if is_public(path, changing=changing):
            return None
        scope[ACTOR] = self._actor(connection, path)
        if scope[ACTOR] is not None:
            return None
        return _to_login(connection) if _is_page(connection, scope) else _said(401, _NEEDS_LOGIN)

    def _actor(self, connection: HTTPConnection, path: str) -> Actor | None:
        address = network_address(connection)
        actor = self._access.sessions.actor(session_key(connection), address)
        if actor is not None or not _is_below(path, FOR_PROGRAMS):
            return actor
        scheme, _, key = connection.headers.get("authorization", "").partition(" ")
        token = self._access.tokens.actor(key.strip(), address) if scheme.lower() == "bearer" else None
        return token if token and token.may("query:read") else None


def is_public(path: str, *, changing: bool) -> bool:
    """Say whether a path, without a slash at its end, is answered to anybody; below static files only what does not change."""
    return path in PUBLIC or _is_below(path, PUBLIC_BELOW) or (path.startswith(STATIC_BELOW) and not changing)


def _is_below(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def same_site(connection: HTTPConnection) -> bool:
    """Say whether a request comes from a page of this server, or from no page at all.

    Browsers tell the page's origin with every request that may change something; what is no browser has no cookie to abuse.
    """
    origin = connection.headers.get("origin")
    if connection.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        return False
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host", "")


def _is_page(connection: HTTPConnection, scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] == "GET" and "text/html" in connection.headers.get("accept", "")


def _to_login(connection: HTTPConnection) -> Response:
    wanted = connection.url.path + (f"?{connection.url.query}" if connection.url.query else "")
    return RedirectResponse("/login" if wanted == "/" else f"/login?next={quote(wanted, safe='/')}", status_code=303)


def _said(status: int, text: str) -> Response:
    code = "login_needed" if status == 401 else "other_site"  # noqa: PLR2004 - HTTP's Unauthorized
    return JSONResponse({"code": code, "message": translate(text, "en"), "facts": {}}, status_code=status)


def _with_headers(send: Send, *, secure: bool) -> Send:
    async def send_with_headers(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            given = {name for name, _value in message["headers"]}
            extra = [*HEADERS.items(), *([_STRICT_TRANSPORT] if secure else [])]
            own = map(_for_tls_alone, message["headers"]) if secure else message["headers"]
            message["headers"] = [*own, *(pair for pair in extra if pair[0] not in given)]
        await send(message)

    return send_with_headers


def _for_tls_alone(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    # NiceGUI's own cookie, which keeps language and theme, knows nothing of the proxy that ends TLS.
    name, value = header
    is_open = name == b"set-cookie" and b"; secure" not in value.lower()
    return (name, value + b"; Secure") if is_open else header
