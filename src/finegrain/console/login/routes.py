"""The addresses at which somebody logs in: by password and code, by a one-time link, by the company's login; and logs out."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING
from urllib.parse import quote

from nicegui import app
from starlette.requests import Request  # noqa: TC002 - FastAPI reads it
from starlette.responses import RedirectResponse, Response

from finegrain.access.addresses import local_path
from finegrain.access.errors import CompanyLoginError, LinkSpentError, LoginFailedError, LoginThrottledError
from finegrain.access.login import CodeWanted, Door
from finegrain.console.holder import workspace
from finegrain.console.login.rendering import field, form, form_page, hidden, link_button
from finegrain.console.preferences import choose_language
from finegrain.console.session import COOKIE, SECURE_COOKIE, is_secure, network_address, session_key
from finegrain.console.text import work
from finegrain.errors import FinegrainError
from finegrain.i18n import LANGUAGES, _, normalise

if TYPE_CHECKING:
    from finegrain.access.company import Pending
    from finegrain.access.login import LoggedIn

COMPANY_COOKIE = "finegrain_company"
COMPANY_WAIT_S = 600
_MOST_PENDING = 1_000

_pending: OrderedDict[str, tuple[Pending, str]] = OrderedDict()


@app.get("/login", include_in_schema=False)
async def login_form(request: Request) -> Response:
    """Ask for name and password; who is logged in already goes on."""
    wanted, language = local_path(request.query_params.get("next")), request.query_params.get("language")
    if language in LANGUAGES:
        choose_language(normalise(language))
    if workspace().access.sessions.resolve(session_key(request)) is not None:
        return RedirectResponse(wanted, status_code=303)
    return _password_page(wanted)


@app.post("/login", include_in_schema=False)
async def login(request: Request) -> Response:
    """Log in with name and password, and a code where it is asked for."""
    sent = await _form(request)
    name, password, wanted = (sent.get(part, "") for part in ("name", "password", "next"))
    try:
        entered = await work(workspace().access.login.by_password, name, password, door=_door(request))
    except (LoginFailedError, LoginThrottledError) as error:
        return _password_page(local_path(wanted), name=name, error=error)
    if isinstance(entered, CodeWanted):
        return _code_page(local_path(wanted), entered.ticket)
    return _enter(request, entered, wanted)


@app.post("/login/code", include_in_schema=False)
async def login_code(request: Request) -> Response:
    """Finish a login with the code of the second factor."""
    sent = await _form(request)
    ticket, code, wanted = (sent.get(part, "") for part in ("ticket", "code", "next"))
    try:
        entered = workspace().access.login.by_code(ticket, code, door=_door(request))
    except (LoginFailedError, LoginThrottledError) as error:
        return _code_page(local_path(wanted), ticket, error=error)
    return _enter(request, entered, wanted)


@app.get("/login/link", include_in_schema=False)
async def link_form(key: str = "") -> Response:
    """Offer to log in with a one-time link: opening the address alone, as scanners of mail do, does not use it."""
    if workspace().access.login.link_purpose(key) != "login":
        return _password_page("/", error=LinkSpentError())
    return form_page(
        _("Log in"), form("/login/link", hidden("key", key), button=_("Log in")), hint=_("This link logs you in once.")
    )


@app.post("/login/link", include_in_schema=False)
async def link(request: Request) -> Response:
    """Log in with a one-time link."""
    sent = await _form(request)
    try:
        entered = workspace().access.login.by_link(sent.get("key", ""), door=_door(request))
    except LinkSpentError as error:
        return _password_page("/", error=error)
    return _enter(request, entered, "/")


@app.get("/login/setup", include_in_schema=False)
async def setup_form(key: str = "") -> Response:
    """Offer to make the first administrator."""
    if workspace().access.login.link_purpose(key) != "setup":
        return _password_page("/", error=LinkSpentError())
    return _setup_page(key)


@app.post("/login/setup", include_in_schema=False)
async def setup(request: Request) -> Response:
    """Make the first administrator, and log in."""
    sent = await _form(request)
    key, name, password = (sent.get(part, "") for part in ("key", "name", "password"))
    try:
        entered = await work(workspace().access.login.set_up, key, name, password, door=_door(request))
    except LinkSpentError as error:
        return _password_page("/", error=error)
    except FinegrainError as error:
        return _setup_page(key, name=name, error=error)
    return _enter(request, entered, "/")


@app.get("/login/company", include_in_schema=False)
async def company(request: Request) -> Response:
    """Send the browser to the company's login."""
    login_ = workspace().access.company()
    if login_ is None:
        return _password_page("/")
    try:
        url, pending = await work(login_.begin, str(request.url_for("company_back")))
    except CompanyLoginError as error:
        return _password_page("/", error=error)
    ticket = secrets.token_urlsafe(24)
    _pending[ticket] = (pending, local_path(request.query_params.get("next")))
    while len(_pending) > _MOST_PENDING:
        _pending.popitem(last=False)
    answer = RedirectResponse(url, status_code=303)
    answer.set_cookie(COMPANY_COOKIE, ticket, max_age=COMPANY_WAIT_S, httponly=True, secure=is_secure(request), samesite="lax")
    return answer


@app.get("/login/company/back", include_in_schema=False)
async def company_back(request: Request) -> Response:
    """Take back the browser from the company's login."""
    access, found = workspace().access, _pending.pop(request.cookies.get(COMPANY_COOKIE, ""), None)
    login_ = access.company()
    if login_ is None or found is None:
        return _password_page("/", error=LoginFailedError())
    try:
        identity = await work(login_.finish, found[0], dict(request.query_params))
        entered = access.login.by_company(identity, workspace().settings.oidc_role, door=_door(request))
    except (CompanyLoginError, LoginFailedError) as error:
        return _password_page("/", error=error)
    return _enter(request, entered, found[1])


@app.post("/logout", include_in_schema=False)
async def logout(request: Request) -> Response:
    """Log out."""
    key = session_key(request)
    if key:
        workspace().access.login.out(key)
    answer = RedirectResponse("/login", status_code=303)
    for name in (COOKIE, SECURE_COOKIE):
        answer.delete_cookie(name, secure=name == SECURE_COOKIE, httponly=True)
    return answer


def _password_page(wanted: str, *, name: str = "", error: FinegrainError | None = None) -> Response:
    fields = (
        hidden("next", wanted),
        field("name", _("User name"), complete="username", value=name, focus=not name),
        field("password", _("Password"), kind="password", complete="current-password", focus=bool(name)),
    )
    body = form("/login", *fields, button=_("Log in"))
    if workspace().settings.oidc_issuer:
        body += link_button(_("Log in with the company's account"), f"/login/company?next={quote(wanted)}")
    status = 429 if isinstance(error, LoginThrottledError) else 401 if error else 200
    return form_page(_("Log in"), body, error=error, status=status, switch=f"/login?next={quote(wanted)}")


def _code_page(wanted: str, ticket: str, *, error: FinegrainError | None = None) -> Response:
    kept = (hidden("next", wanted), hidden("ticket", ticket))
    code = field("code", _("Code"), complete="one-time-code", focus=True)
    hint = _("Enter the six digits that your authenticator app shows, or a recovery code.")
    body = form("/login/code", *kept, code, button=_("Go on"))
    return form_page(_("Second factor"), body, hint=hint, error=error, status=401 if error else 200)


def _setup_page(key: str, *, name: str = "", error: FinegrainError | None = None) -> Response:
    fields = (
        hidden("key", key),
        field("name", _("User name"), complete="username", value=name, focus=True),
        field("password", _("Password"), kind="password", complete="new-password"),
    )
    hint = _("Nobody can log in yet. You become the administrator.")
    body = form("/login/setup", *fields, button=_("Make the administrator"))
    return form_page(_("Welcome to finegrain"), body, hint=hint, error=error, status=400 if error else 200)


def _enter(request: Request, entered: LoggedIn, wanted: str) -> Response:
    old = session_key(request)
    if old:
        workspace().access.login.out(old)
    secure = is_secure(request)
    answer = RedirectResponse(local_path(wanted), status_code=303)
    longest = workspace().settings.session_max_days * 86_400
    name = SECURE_COOKIE if secure else COOKIE
    answer.set_cookie(name, entered.key, max_age=longest, httponly=True, secure=secure, samesite="lax", path="/")
    return answer


def _door(request: Request) -> Door:
    return Door(network_address(request), request.headers.get("user-agent", ""))


async def _form(request: Request) -> dict[str, str]:
    sent = await request.form(max_files=0, max_fields=10)
    return {name: value for name, value in sent.items() if isinstance(value, str)}
