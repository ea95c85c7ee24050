"""Getting in, staying in and getting out, over HTTP: fixation, foreign pages, guessing, redirects, headers and cookies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
import pytest_asyncio
from tests.clients.logins import as_owner, log_in
from tests.integration.console.conftest import browser

import finegrain as fg
from finegrain.access.login import LINK_LIFE
from finegrain.console.session import COOKIE, SECURE_COOKIE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from fastapi import FastAPI

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = "correct horse battery"
FOREIGN = "https://evil.example"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fg.Workspace]:
    """A workspace with a user who has a password; the fixtures give every other user none."""
    with fg.open(tmp_path_factory.mktemp("login")) as workspace:
        workspace.access.users.add("ann", "admin", password=WORDS)
        yield workspace


@pytest_asyncio.fixture(loop_scope="module")
async def client(server: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which nobody is logged in."""
    async with browser(server, role=None) as client:
        yield client


async def enter(client: httpx.AsyncClient, name: str = "ann", password: str = WORDS, **more: str) -> httpx.Response:
    """Fill the form."""
    return await client.post("/login", data={"name": name, "password": password, **more})


async def test_name_and_password_lead_to_the_page_that_was_asked_for(client: httpx.AsyncClient) -> None:
    asked = await client.get("/people?q=a%20b&page=2")
    assert (asked.status_code, asked.headers["location"]) == (303, "/login?next=/people%3Fq%3Da%2520b%26page%3D2")
    form = await client.get(asked.headers["location"])
    assert 'name="next" value="/people?q=a%20b&amp;page=2"' in form.text
    answer = await enter(client, next="/people?q=a%20b&page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/people?q=a%20b&page=2")
    assert (await client.get("/people")).status_code == 200


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/\t/evil.example",
     "http:evil.example", "/%0d%0aset-cookie:a=b/../..//evil.example\r\nx: y", "", "evil.example"],
)  # fmt: skip
async def test_login_leads_to_no_other_site(client: httpx.AsyncClient, wanted: str) -> None:
    location = (await enter(client, next=wanted)).headers["location"]
    resolved = httpx.URL("http://test/login").join(location)
    assert (resolved.scheme, resolved.host) == ("http", "test")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


async def test_wrong_password_and_unknown_name_get_the_same_answer(client: httpx.AsyncClient) -> None:
    wrong, unknown = await enter(client, "ann", "wrong"), await enter(client, "nobody at all", "wrong")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.text.replace('value="ann"', "") == unknown.text.replace('value="nobody at all"', "")
    assert COOKIE not in client.cookies


async def test_guessing_is_slowed_down_and_says_how_long(client: httpx.AsyncClient) -> None:
    statuses = [(await enter(client, "guessed", f"guess {n}")).status_code for n in range(12)]
    assert (statuses[0], statuses[-1]) == (401, 429)
    last = await enter(client, "guessed", "guess")
    assert "Too many logins have failed. Try again in" in last.text


async def test_session_before_the_login_is_not_the_one_after(client: httpx.AsyncClient, workspace: fg.Workspace) -> None:
    planted, own = "planted-by-somebody-else", log_in(workspace, "viewer")
    for before in (planted, own):
        client.cookies.clear()
        client.cookies.set(COOKIE, before)
        after = httpx.Cookies()
        after.extract_cookies(await enter(client))
        assert after[COOKIE] not in {planted, own}
        client.cookies.clear()
        client.cookies.set(COOKIE, before)
        assert (await client.get("/people")).status_code == 303  # the one before opens nothing any more


async def test_logout_ends_the_session_for_good(client: httpx.AsyncClient) -> None:
    await enter(client)
    key = client.cookies[COOKIE]
    assert (await client.post("/logout")).headers["location"] == "/login"
    assert COOKIE not in client.cookies
    client.cookies.set(COOKIE, key)
    assert (await client.get("/people")).status_code == 303


@pytest.mark.parametrize("headers", [{"origin": FOREIGN}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}])
@pytest.mark.parametrize("path", ["/login", "/login/code", "/login/link", "/login/setup", "/logout", "/_nicegui_ws/socket.io/"])
async def test_page_of_another_site_changes_nothing(server: FastAPI, path: str, headers: dict[str, str]) -> None:
    async with browser(server, role="admin") as client:
        answer = await client.post(path, headers=headers, data={"name": "ann", "password": WORDS})
        assert (answer.status_code, answer.json()["code"]) == (403, "other_site")
        assert (await client.get("/people")).status_code == 200


async def test_page_of_another_site_may_ask_what_sdks_ask(client: httpx.AsyncClient) -> None:
    answer = await client.post("/flags/?v=2", headers={"origin": FOREIGN, "sec-fetch-site": "cross-site"}, json={})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")


async def websocket(server: FastAPI, cookie: str, origin: str) -> list[str]:
    """Open a connection as a page does; give the types of what the server says first."""
    told = {"host": "test", "origin": origin, "cookie": f"{COOKIE}={cookie}", "connection": "upgrade", "upgrade": "websocket"}
    headers = [(name.encode(), value.encode()) for name, value in told.items()]
    scope = {
        "type": "websocket", "path": "/_nicegui_ws/socket.io/", "raw_path": b"/_nicegui_ws/socket.io/", "root_path": "",
        "query_string": b"EIO=4&transport=websocket", "headers": headers, "scheme": "ws", "server": ("test", 80),
        "client": ("127.0.0.1", 5), "subprotocols": [], "asgi": {"version": "3.0"}, "http_version": "1.1", "state": {},
    }  # fmt: skip
    said: list[str] = []
    asked = iter([{"type": "websocket.connect"}])

    async def receive() -> dict[str, Any]:
        return next(asked, {"type": "websocket.disconnect", "code": 1000})

    async def send(message: Any) -> None:
        said.append(message["type"])

    await server(scope, receive, send)
    return said


async def test_connection_is_for_pages_of_this_site_with_a_session(server: FastAPI, workspace: fg.Workspace) -> None:
    key = log_in(workspace)
    assert (await websocket(server, key, "http://test"))[0] == "websocket.accept"
    for cookie, origin in ((key, FOREIGN), (key, "null"), ("wrong", "http://test"), ("", "http://test")):
        assert await websocket(server, cookie, origin) == ["websocket.close"]


@pytest.mark.parametrize(
    "path",
    ["/", "/people", "/nowhere", "/login", "/healthz", "/people.csv", "/tiers/nothing.csv", "/_nicegui/nothing.js", "/flags"],
)
@pytest.mark.parametrize("logged_in", [True, False])
async def test_every_answer_carries_the_headers_that_browsers_heed(server: FastAPI, path: str, logged_in: bool) -> None:
    async with browser(server, role="admin" if logged_in else None) as client:
        headers = (await client.get(path)).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
    assert (headers["referrer-policy"], headers["cross-origin-opener-policy"]) == ("same-origin", "same-origin")
    assert "strict-transport-security" not in headers


async def test_cookie_is_out_of_reach_of_scripts_and_of_other_sites(client: httpx.AsyncClient) -> None:
    said = (await enter(client)).headers["set-cookie"].lower()
    assert said.startswith(f"{COOKIE}=")
    assert {"httponly", "samesite=lax", "path=/"} <= set(said.split("; "))
    assert "secure" not in said.split("; ")


async def test_cookie_under_tls_is_for_tls_alone(server: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="https://test") as client:
        answer = await enter(client)
        given = answer.headers.get_list("set-cookie")
        assert [each.lower().split("; ").count("secure") for each in given] == [1, 1]  # that of language and theme, too
        (said,) = (each for each in given if SECURE_COOKIE in each)
        assert said.startswith(f"{SECURE_COOKIE}=")
        assert {"secure", "httponly", "path=/"} <= set(said.lower().split("; "))
        assert "domain=" not in said.lower()
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert (await client.get("/people")).status_code == 200
        client.cookies.set(COOKIE, client.cookies[SECURE_COOKIE])
        del client.cookies[SECURE_COOKIE]
        assert (await client.get("/people", headers={"accept": "text/html"})).status_code == 303


async def test_one_time_link_is_used_by_its_button_alone(client: httpx.AsyncClient, workspace: fg.Workspace) -> None:
    with as_owner():
        key = workspace.access.login.make_link("ann")
    assert LINK_LIFE.total_seconds() == 3600
    for _look in range(2):
        page = await client.get(f"/login/link?key={key}")
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert (await client.post("/login/link", data={"key": key})).status_code == 303
    client.cookies.clear()
    again = await client.post("/login/link", data={"key": key})
    assert (again.status_code, "This link was used before" in again.text) == (401, True)


async def test_form_shows_what_was_typed_as_text(client: httpx.AsyncClient) -> None:
    answer = await enter(client, '"><script>alert(1)</script>', "x", next='"><img src=x onerror=alert(1)>')
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text


async def test_language_of_the_login_can_be_switched_and_stays(client: httpx.AsyncClient) -> None:
    english = await client.get("/login?next=/people%3Fpage%3D2")
    assert 'href="/login?next=/people%3Fpage%3D2&amp;language=zh_CN"' in english.text
    chinese = await client.get("/login?next=/people%3Fpage%3D2&language=zh_CN")
    assert ('lang="zh-CN"' in chinese.text, 'value="/people?page=2"' in chinese.text) == (True, True)
    assert "登录" in (await client.get("/login")).text
    assert "登录" in (await client.get("/login?language=klingon")).text
