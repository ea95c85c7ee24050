"""Every address of the running server, and what each kind of visitor gets there; one that is not in the table fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import nicegui
import pytest
from nicegui import app as console
from tests.clients.logins import cookies, token
from tests.integration.console.conftest import browser

from finegrain.server.collecting import CollectDoor
from finegrain.server.wire_routes import wire_routes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import httpx
    from fastapi import FastAPI
    from starlette.routing import BaseRoute

    import finegrain as fg
    from finegrain.access.contract import Role

pytestmark = pytest.mark.asyncio(loop_scope="module")

VISITORS = ("anonymous", "viewer", "analyst", "operator", "admin", "token")
"""``token`` has the scope ``query:read`` and no cookie; all others have the cookie of their role, or none."""
ROLES: tuple[Role, ...] = ("viewer", "analyst", "operator", "admin")


class Row(NamedTuple):
    """Where a route is tried, and the status that each visitor gets."""

    path: str
    statuses: tuple[int, ...]


def everybody(path: str, status: int = 200) -> Row:
    """A door that is open to anybody, and answers all alike."""
    return Row(path, (status,) * len(VISITORS))


def page(path: str, status: int = 200) -> Row:
    """A page or file for whoever is logged in."""
    return Row(path, (303, *(status,) * 4, 303))


def for_data(path: str, status: int = 200) -> Row:
    """A page for those who may bring data in."""
    return Row(path, (303, 403, 403, status, status, 303))


def for_admin(path: str, status: int = 200) -> Row:
    """A page or file for administrators."""
    return Row(path, (303, 403, 403, 403, status, 303))


TABLE = {
    # What monitors ask, and what SDKs send and ask. What is no event, and a question without an origin, is refused to anybody.
    "GET /healthz": everybody("/healthz"),
    "GET /readyz": everybody("/readyz"),
    "GET /openapi.json": everybody("/openapi.json"),
    "GET /metrics": Row("/metrics", (303, 200, 200, 200, 200, 200)),
    # Questions of programs; an empty one is refused to whoever may ask.
    "GET /api/v1/events": Row("/api/v1/events", (303, 200, 200, 200, 200, 200)),
    "GET /api/v1/query/{kind}": Row("/api/v1/query/funnel", (303, 422, 422, 422, 422, 422)),
    "POST /api/v1/query/{kind}": Row("/api/v1/query/funnel", (401, 422, 422, 422, 422, 422)),
    "POST /api/v1/query/{kind}/people": Row("/api/v1/query/funnel/people", (401, 422, 422, 422, 422, 422)),
    "GET /api/v1/dashboards": Row("/api/v1/dashboards", (303, 200, 200, 200, 200, 200)),
    "GET /api/v1/dashboards/{number}": Row("/api/v1/dashboards/999", (303, 404, 404, 404, 404, 404)),
    "GET /api/v1/dashboards/{number}/cards/{card}/answer": Row(
        "/api/v1/dashboards/999/cards/1/answer", (303, 404, 404, 404, 404, 404)
    ),
    **{
        f"{method} /api/v1/dashboards{path}": Row(
            f"/api/v1/dashboards{path.format(number=999, card=1)}", (401, 422, 422, 422, 422, 422)
        )
        for method, path in (
            ("POST", ""),
            ("POST", "/{number}/copy"),
            ("POST", "/{number}/cards"),
            ("PATCH", "/{number}"),
            ("PATCH", "/{number}/cards/{card}"),
        )
    },
    **{
        f"{method} /api/v1/dashboards{path}": Row(
            f"/api/v1/dashboards{path.format(number=999, card=1)}", (401, 403, 404, 404, 404, 403)
        )
        for method, path in (("DELETE", "/{number}"), ("DELETE", "/{number}/cards/{card}"))
    },
    "GET /api/v1/segments": Row("/api/v1/segments", (303, 200, 200, 200, 200, 200)),
    **{
        f"GET /api/v1/segments/{{name}}{path}": Row(f"/api/v1/segments/none{path}{asked}", (303, 404, 404, 404, 404, 404))
        for path, asked in (("", ""), ("/people", ""), ("/explain", "?person=nobody"))
    },
    "POST /api/v1/segments/preview": Row("/api/v1/segments/preview", (401, 422, 422, 422, 422, 422)),
    "POST /api/v1/segments/portrait": Row("/api/v1/segments/portrait", (401, 422, 422, 422, 422, 422)),
    "POST /api/v1/segments/recompute": Row("/api/v1/segments/recompute", (401, 422, 422, 422, 422, 422)),
    **{
        f"POST /api/v1/segments/{{name}}{path}": Row(f"/api/v1/segments/none{path}", (401, 422, 422, 422, 422, 422))
        for path in ("/import", "/send")
    },
    "PUT /api/v1/segments/{name}": Row("/api/v1/segments/none", (401, 422, 422, 422, 422, 422)),
    "DELETE /api/v1/segments/{name}": Row("/api/v1/segments/none", (401, 403, 403, 404, 404, 403)),
    **{
        f"GET /api/v1/history{path}": Row(f"/api/v1/history{path}", (303, 422, 422, 422, 422, 422))
        for path in ("/sizes", "/people", "/flow", "/flow/people")
    },
    **{
        f"POST /api/v1/history{path}": Row(f"/api/v1/history{path}", (401, 422, 422, 422, 422, 422))
        for path in ("/keep", "/fill")
    },
    "GET /api/v1/goals": Row("/api/v1/goals", (303, 200, 200, 200, 200, 200)),
    **{
        f"GET /api/v1/goals{path}": Row(f"/api/v1/goals{path.replace('{goal:path}', '999')}", (303, 404, 404, 404, 404, 404))
        for path in ("/suggestions", "/{goal:path}", "/{goal:path}/progress")
    },
    "POST /api/v1/goals": Row("/api/v1/goals", (401, 422, 422, 422, 422, 422)),
    "PATCH /api/v1/goals/{goal:path}": Row("/api/v1/goals/999", (401, 422, 422, 422, 422, 422)),
    "DELETE /api/v1/goals/{goal:path}": Row("/api/v1/goals/999", (401, 403, 403, 404, 404, 403)),
    "GET /api/v1/tiers": Row("/api/v1/tiers", (303, 200, 200, 200, 200, 200)),
    "GET /api/v1/tiers/{name}": Row("/api/v1/tiers/rfm", (303, 200, 200, 200, 200, 200)),
    "GET /api/v1/tiers/{name}/explain": Row("/api/v1/tiers/rfm/explain?person=nobody", (303, 404, 404, 404, 404, 404)),
    "PUT /api/v1/tiers/{name}": Row("/api/v1/tiers/mine", (401, 422, 422, 422, 422, 422)),
    "DELETE /api/v1/tiers/{name}": Row("/api/v1/tiers/none", (401, 403, 403, 404, 404, 403)),
    # Where nothing answers below /api.
    **{
        f"{method} /api/{{path:path}}": Row("/api/nowhere", (303 if method == "GET" else 401, *(404,) * 5))
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    },
    **{
        f"{method} {spelled}": everybody(spelled.replace("{key}", "phc_1"), 204 if method == "OPTIONS" else 200)
        for path in ("/flags", "/decide", "/array/{key}/config")
        for spelled in (path, f"{path}/")
        for method in ("GET", "HEAD", "POST", "OPTIONS")
    },
    **{
        f"{method} {path}": everybody(path.replace("*", "/any/prefix"), status)
        for path, route in wire_routes().items()
        for method, status in (("POST", 400), ("GET", 400 if route.takes_get else 405), ("OPTIONS", 403), ("PUT", 405))
    },
    "POST /v1/m": everybody("/v1/m", 401),
    # Scripts and styles.
    "GET /favicon.ico": everybody("/favicon.ico"),
    "HEAD /favicon.ico": everybody("/favicon.ico"),
    "MOUNT /_nicegui/*/static": everybody("/_nicegui/*/static/nicegui.css"),
    **{
        f"GET /_nicegui/*/{kind}": everybody(f"/_nicegui/*/{example}", 404)
        for kind, example in {
            "libraries/{key:path}": "libraries/none.js",
            "components/{key:path}": "components/none.js",
            "resources/{key}/{path:path}": "resources/none/none.js",
            "dynamic_resources/{name}": "dynamic_resources/none",
            "esm/{key}/{path:path}": "esm/none/none.js",
        }.items()
    },
    "MOUNT /_nicegui_ws": page("/_nicegui_ws/socket.io/?EIO=4&transport=polling"),
    "MOUNT ": page("/nowhere", 404),
    # Logging in and out.
    "GET /login": Row("/login", (200, 303, 303, 303, 303, 200)),
    "POST /login": everybody("/login", 401),
    "POST /login/code": everybody("/login/code", 401),
    "GET /login/link": everybody("/login/link?key=none", 401),
    "POST /login/link": everybody("/login/link", 401),
    "GET /login/setup": everybody("/login/setup?key=none", 401),
    "POST /login/setup": everybody("/login/setup", 400),
    "GET /login/company": everybody("/login/company"),
    "GET /login/company/back": everybody("/login/company/back", 401),
    "POST /logout": Row("/logout", (401, 303, 303, 303, 303, 401)),
    # Pages and files.
    "GET /": page("/"),
    "GET /account": page("/account"),
    "GET /analysis": page("/analysis"),
    "GET /analysis/{kind}": page("/analysis/funnel"),
    "GET /analysis/{kind}.csv": page("/analysis/lifecycle.csv", 400),
    "GET /analysis/{kind}/people.csv": page("/analysis/funnel/people.csv", 400),
    "GET /dashboards": page("/dashboards"),
    "GET /dashboards/{number}": page("/dashboards/999", 404),
    "GET /goals": page("/goals"),
    "GET /goals/new": Row("/goals/new", (303, 403, 403, 200, 200, 303)),
    "GET /goals/{goal:path}": page("/goals/999", 404),
    "GET /people": page("/people"),
    "GET /people.csv": page("/people.csv"),
    "GET /people/{person_id}": page("/people/1"),
    "GET /segments": page("/segments"),
    "GET /segments/new": page("/segments/new"),
    "GET /segments/new-list": Row("/segments/new-list", (303, 403, 403, 200, 200, 303)),
    "GET /segments/{name}": page("/segments/none", 404),
    "GET /segments/{name}/edit": page("/segments/none/edit", 404),
    "GET /segments/{name}/people.csv": page("/segments/none/people.csv", 404),
    "GET /tiers": page("/tiers", 307),
    "GET /tiers/-/new": Row("/tiers/-/new", (303, 403, 403, 200, 200, 303)),
    "GET /tiers/{scheme}": page("/tiers/rfm"),
    "GET /tiers/{scheme}/edit": Row("/tiers/none/edit", (303, 403, 403, 404, 404, 303)),
    "GET /tiers/{scheme}/history": page("/tiers/rfm/history"),
    "GET /tiers/{scheme}.csv": page("/tiers/rfm.csv"),
    "GET /tiers/{scheme}/people.csv": page("/tiers/frequency/people.csv?tier=never"),
    "GET /data/catalogue": page("/data/catalogue"),
    "GET /data/catalogue/{name:path}": page("/data/catalogue/none", 404),
    "GET /data/plan": page("/data/plan"),
    "GET /data/plan.json": page("/data/plan.json"),
    "GET /data/health": page("/data/health"),
    "GET /data/live": page("/data/live"),
    "GET /data/refused": page("/data/refused"),
    "GET /data/refused.csv": page("/data/refused.csv"),
    "GET /data/refused.json": page("/data/refused.json"),
    "GET /data/refused/imports": page("/data/refused/imports"),
    "GET /data/sources": page("/data/sources"),
    "GET /data/sources/{name:path}": page("/data/sources/none", 404),
    "GET /import": page("/import"),
    "GET /import/refused": page("/import/refused"),
    "GET /import/run/{import_id}": page("/import/run/1"),
    "GET /import/upload/{upload_id}": for_data("/import/upload/none"),
    "GET /settings/users": for_admin("/settings/users"),
    "GET /settings/tokens": for_admin("/settings/tokens"),
    "GET /settings/audit": for_admin("/settings/audit"),
    "GET /settings/audit.csv": for_admin("/settings/audit.csv"),
    "GET /settings/audit.jsonl": for_admin("/settings/audit.jsonl"),
}


def named(routes: Iterable[BaseRoute]) -> Iterator[str]:
    """Name each route by method and path, without the version of NiceGUI."""
    for route in routes:
        path = str(getattr(route, "path", "")).replace(nicegui.__version__, "*")
        for method in getattr(route, "methods", None) or ("MOUNT",):
            yield f"{method} {path}"


def visitor(server: FastAPI, workspace: fg.Workspace, name: str) -> httpx.AsyncClient:
    """Give the browser, or the program, of a visitor."""
    client = browser(server, role=None, door=CollectDoor(server, workspace, wire_routes()))
    if name == "token":
        client.headers["authorization"] = f"Bearer {token(workspace, 'query:read')}"
    elif name != "anonymous":
        client.cookies.update(cookies(workspace, next(role for role in ROLES if role == name)))
    return client


async def test_every_route_of_the_server_stands_in_the_table(server: FastAPI) -> None:
    sent = {f"{method} {path}" for path in wire_routes() for method in ("POST", "GET", "OPTIONS", "PUT")}
    there = set(named(server.routes)) | set(named(console.routes)) | sent
    assert there == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
async def test_each_visitor_gets_what_the_table_says(server: FastAPI, workspace: fg.Workspace, name: str) -> None:
    method, row = name.partition(" ")[0], TABLE[name]
    answers = {}
    for each in VISITORS:
        async with visitor(server, workspace, each) as client:
            path = row.path.replace("*", nicegui.__version__)
            sent = {"name": each} if method == "POST" else None  # each fails under a name of its own, or would be throttled
            answer = await client.request("GET" if method == "MOUNT" else method, path, data=sent)
        answers[each] = answer.status_code
        if answer.status_code == 303 and name not in {"GET /login", "POST /logout"}:
            assert re.match(r"/login(\?|$)", answer.headers["location"]), name
    assert tuple(answers.values()) == row.statuses, name
