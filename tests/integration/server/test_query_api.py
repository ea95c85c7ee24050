"""Questions over HTTP: answers, people, refusals, and who may ask; a real server over a real socket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from tests.clients.collector import Client, Reply, Server
from tests.clients.logins import log_in, token

import finegrain as fg
from finegrain.console.session import COOKIE
from finegrain.server.queries import MAX_BODY_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = """event,user_id,time,category,email
Product Viewed,ann,2024-05-01 10:00,tea,
Product Viewed,ben,2024-05-02 10:00,tea,
Product Viewed,cleo@example.org,2024-05-02 11:00,rice,
Coupon Used,ann,2024-05-03 10:00,tea,
"""
FUNNEL = {"steps": ["Product Viewed", "Coupon Used"], "period": "2024-05-01..2024-05-31"}


class Api:
    """A program that asks one server, with a token or a cookie."""

    def __init__(self, client: Client, headers: dict[str, str]) -> None:
        self._client = client
        self._headers = headers

    def post(self, path: str, body: Any) -> Reply:
        """Send one question."""
        return self._client.send(f"/api/v1/{path}", body, **self._headers)

    def get(self, path: str) -> Reply:
        """Send one address."""
        return self._client.send(f"/api/v1/{path}", b"", method="GET", **self._headers)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, dict[str, dict[str, str]]]]:
    """A server over four events, and the headers of those who may ask, and of one who may not."""
    folder = tmp_path_factory.mktemp("asked")
    (folder / "events.csv").write_text(EVENTS, encoding="utf-8")
    home = folder / "shop"
    with fg.open(home) as workspace:
        workspace.import_events(folder / "events.csv")
        keys = {name: token(workspace, *scopes) for name, scopes in SCOPES.items()}
        session = log_in(workspace, "viewer")
    server = Server(home, "")
    server.start()
    headers = {name: {"Authorization": f"Bearer {key}"} for name, key in keys.items()}
    yield Client(server, ""), {**headers, "session": {"Authorization": "", "Cookie": f"{COOKIE}={session}"}}
    server.stop()


SCOPES: dict[str, Any] = {"query": ("query:read",), "people": ("query:read", "people:read"), "collect": ("collect",)}


@pytest.fixture
def api(served: tuple[Client, dict[str, dict[str, str]]]) -> Api:
    """A program that may see figures only."""
    return Api(served[0], served[1]["query"])


def test_a_funnel_is_answered(api: Api) -> None:
    answer = api.post("query/funnel", FUNNEL)
    assert (answer.status, [step["count"] for step in answer.json["steps"]]) == (200, [3, 1])
    assert answer.json["query"]["steps"] == [{"event": "Product Viewed"}, {"event": "Coupon Used"}]


def test_the_same_can_be_asked_in_an_address_as_of_a_moment(api: Api) -> None:
    asked = quote(json.dumps({**FUNNEL, "period": "all"}))
    answer = api.get(f"query/funnel?q={asked}&as_of=2024-05-03")
    assert (answer.status, answer.json["period"]["as_of"]) == (200, "2024-05-03T00:00:00+08:00")


@pytest.mark.parametrize("name", ["people", "session"])
def test_a_console_session_may_ask_and_so_may_a_token_with_more(
    served: tuple[Client, dict[str, dict[str, str]]], name: str
) -> None:
    assert Api(served[0], served[1][name]).post("query/funnel", FUNNEL).status == 200


@pytest.mark.parametrize(
    ("path", "expected"),
    [("query/funnel/people", (405, "wrong_method")), ("query", (404, "unknown_address")), ("nowhere", (404, "unknown_address"))],
)
def test_where_nothing_answers_that_is_told_like_every_error(api: Api, path: str, expected: tuple[int, str]) -> None:
    answer = api.get(path)
    assert (answer.status, answer.json["code"]) == expected
    assert f"/api/v1/{path}" in answer.json["message"]


def test_a_token_of_another_scope_may_not_ask(served: tuple[Client, dict[str, dict[str, str]]]) -> None:
    assert Api(served[0], served[1]["collect"]).post("query/funnel", FUNNEL).status == 401


def test_people_behind_a_number_come_in_pages(api: Api) -> None:
    asked = {"query": FUNNEL, "select": {"step": 1}, "per_page": 2}
    pages = [api.post("query/funnel/people", {**asked, "page": page}).json for page in (1, 2)]
    assert [page["total"] for page in pages] == [3, 3]
    assert [one["id"] for page in pages for one in page["people"]] == ["ann", "ben", "cl•••@example.org"]


def test_who_may_see_personal_data_sees_ids_as_they_are(served: tuple[Client, dict[str, dict[str, str]]]) -> None:
    dropped = {"query": FUNNEL, "select": {"step": 2, "outcome": "dropped"}}
    found = Api(served[0], served[1]["people"]).post("query/funnel/people", dropped).json["people"]
    assert [one["id"] for one in found] == ["ben", "cleo@example.org"]


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("funnel", {"steps": ["Product Viewed"]}, (422, "bad_query", "steps")),
        ("funnel", {**FUNNEL, "widow": "7d"}, (422, "bad_query", "widow")),
        ("funnel", {**FUNNEL, "period": "soon"}, (422, "bad_period", "period")),
        ("funnel", [], (422, "bad_query", "query")),
        ("funnel", b"{", (422, "bad_query", "query")),
        ("funnel", {"steps": ["Product Vewed", "*"]}, (404, "event_never_happened", "steps[0]")),
        ("funnels", FUNNEL, (404, "unknown_name", None)),
        ("funnel/people", {"query": FUNNEL, "select": {"step": 3}}, (422, "bad_query", "step")),
        ("funnel/people", {"query": FUNNEL, "select": {"step": 1}, "page": 0}, (422, "bad_query", "page")),
        ("funnel/people", {"query": FUNNEL, "pick": {}}, (422, "bad_query", "pick")),
        ("funnel/people", {"query": [], "select": {}}, (422, "bad_query", "query")),
    ],
)
def test_what_cannot_be_asked_is_refused_with_code_and_field(
    api: Api, kind: str, body: Any, expected: tuple[int, str, str | None]
) -> None:
    answer = api.post(f"query/{kind}", body)
    assert (answer.status, answer.json["code"], answer.json["facts"].get("field")) == expected


def test_a_body_beyond_the_limit_is_refused(api: Api) -> None:
    answer = api.post("query/funnel", {**FUNNEL, "group": "x" * MAX_BODY_BYTES})
    assert (answer.status, answer.json["code"]) == (413, "body_too_long")


def test_errors_are_told_in_the_language_that_is_asked_for(served: tuple[Client, dict[str, dict[str, str]]]) -> None:
    chinese = Api(served[0], {**served[1]["query"], "Accept-Language": "zh-CN"}).post("query/funnel", {"steps": ["x", "y"]})
    assert (chinese.status, chinese.json["message"].isascii()) == (404, False)


def test_events_are_listed_the_most_frequent_first(api: Api) -> None:
    assert api.get("events").json == {"events": [{"name": "Product Viewed", "count": 3}, {"name": "Coupon Used", "count": 1}]}


@pytest.mark.parametrize(
    ("kind", "query", "select", "total"),
    [
        ("retention", {"start": "Product Viewed", "returns": "Coupon Used"}, {"cohort": 0}, 1),
        ("trends", {"series": ["Product Viewed"]}, {}, 3),
        ("paths", {"start": "Product Viewed"}, {"position": 1, "name": "Product Viewed"}, 3),
        ("process", {"steps": ["Product Viewed", "Coupon Used"]}, {"outcome": "lost"}, 3),
        ("intervals", {"start": "Product Viewed", "end": "Coupon Used"}, {}, 1),
        ("distribution", {"event": "Product Viewed"}, {"bar": 0}, 3),
        (
            "attribution",
            {"conversion": "Coupon Used", "touches": ["Product Viewed"]},
            {"model": "last", "touch": "Product Viewed"},
            1,
        ),
        ("lifecycle", {"event": "Product Viewed"}, {"state": "new", "bucket": 1}, 2),
        ("stickiness", {"event": "Product Viewed"}, {"buckets": 1}, 3),
        ("churn", {"silence": "12h", "lookback": "1h"}, {"group": "silent"}, 1),
    ],
)
def test_every_kind_answers_with_the_people_behind_a_number(
    api: Api, kind: str, query: dict[str, Any], select: dict[str, Any], total: int
) -> None:
    asked = {**query, "period": FUNNEL["period"]}
    assert api.post(f"query/{kind}", asked).json["period"]["first"] == "2024-05-01"
    assert api.post(f"query/{kind}/people", {"query": asked, "select": select}).json["total"] == total
