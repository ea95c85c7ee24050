"""The vendors' own clients from PyPI, pointed at a collector: every call arrives, at its time, of its person, whole."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.clients.stored import events_of, historical_events, ids_of, item_of, traits_of

import finegrain as fg
from finegrain.collect.sources.contract import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.clients.collector import Server

PAST = datetime(2024, 3, 5, 8, 30, 15, 250_000, tzinfo=UTC)
TICK_S = 0.002
"""Between two calls whose order counts: the clients write times in milliseconds."""
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


@pytest.fixture
def keys(server: Server) -> dict[str, str]:
    """The keys of one source a format; the server of the test runs."""
    with fg.open(server.home) as workspace:
        keys: dict[str, str] = {format_: workspace.sources.add(format_, format_).key for format_ in FORMATS}
    server.start()
    return keys


@pytest.fixture
def problems() -> Iterator[list[object]]:
    """A list for the problems that a client reports; there must be none in the end."""
    found: list[object] = []
    yield found
    assert found == []


def nearly(moment: datetime) -> Any:
    """Give what a moment is compared with that passed through a clock correction of two clocks on one machine."""
    return pytest.approx(moment.timestamp(), abs=2)


ORDER = {"total": 99.5, "products": [{"product_id": "p1", "price": 49.75, "quantity": 2}]}


def test_segment_analytics_python(server: Server, keys: dict[str, str], problems: list[object]) -> None:
    from segment.analytics.client import Client

    def report(*problem: object) -> None:
        problems.append(problem)

    for who, packed, size in (("one by one", False, 1), ("packed", True, 100)):
        client = Client(keys["segment"], host=server.url, gzip=packed, upload_size=size, on_error=report, max_retries=0)
        say_all_of_segment(client, who)
    server.stop()
    for who in ("one by one", "packed"):
        assert_all_of_segment(server.home, who)


def say_all_of_segment(client: Any, who: str) -> None:
    """Say everything that Segment's client can say; every id ends in ``who``."""
    user, device = f"u1 {who}", f"a1 {who}"
    client.track(anonymous_id=device, event="Product Viewed", properties={"price": 1.5}, timestamp=PAST - timedelta(minutes=5))
    client.identify(user, {"name": "Ann", "logins": 3}, anonymous_id=device, timestamp=PAST)
    client.track(user, "Order Completed", {**ORDER, "order_id": who}, timestamp=PAST, context={"ip": "1.2.3.4"})
    client.identify(user, {"name": "older", "city": "London"}, timestamp=PAST - timedelta(days=1))
    client.page(user, "Docs", "Start", {"path": "/start"}, timestamp=PAST)
    client.screen(user, "App", "Home")
    client.group(user, f"g1 {who}", {"plan": "pro"})
    client.alias(f"before {who}", user)
    client.flush()
    client.shutdown()


def assert_all_of_segment(home: Path, who: str) -> None:
    """Check that all of it arrived."""
    user, device = f"u1 {who}", f"a1 {who}"
    events = events_of(home, user, device)
    assert events.keys() == {"Order Completed", "Product Viewed", "Page Viewed", "Screen Viewed"}
    completed, page = events["Order Completed"], events["Page Viewed"]
    assert (completed.source, completed.time.timestamp()) == ("segment", nearly(PAST))
    assert (completed.properties["products"], completed.properties["context"]["ip"]) == (ORDER["products"], "1.2.3.4")
    assert (page.time.timestamp(), page.properties["category"]) == (nearly(PAST), "Docs")
    assert (page.properties["name"], page.properties["path"]) == ("Start", "/start")
    assert ids_of(home, device) == ids_of(home, f"before {who}") == {user, device, f"before {who}"}
    assert traits_of(home, device) == {"name": "Ann", "logins": 3, "city": "London", "group_id": f"g1 {who}"}
    assert item_of(home, "group", f"g1 {who}") == {"plan": "pro"}


CONSUMERS = ("DefaultConsumer", "BatchConsumer", "AsyncBatchConsumer")


def test_sensors_analytics_sdk(server: Server, keys: dict[str, str]) -> None:
    import sensorsanalytics

    url = f"{server.url}/sa?project=default&token={keys['sensors']}"
    for consumer in CONSUMERS:
        client = sensorsanalytics.SensorsAnalytics(getattr(sensorsanalytics, consumer)(url), "default")
        say_all_of_sensors(client, consumer)
    server.stop()
    for consumer in CONSUMERS:
        assert_all_of_sensors(server.home, consumer)


def say_all_of_sensors(client: Any, who: str) -> None:
    """Say everything that 神策's client can say with one id a person; every id ends in ``who``."""
    user, device = f"u1 {who}", f"a1 {who}"
    properties = {"price": 12.5, "brands": ["a", "b"], "at": datetime(2024, 3, 5, 16, 30)}
    client.register_super_properties({"shop": "旗舰店"})
    client.track(device, "ViewProduct", {"name": "商品"})
    client.track_signup(user, device, {"channel": "web"})
    client.track(user, "PayOrder", {**properties, "$time": int(PAST.timestamp() * 1000)}, is_login_id=True)
    change_every_trait(client, user, f"u2 {who}")
    client.item_set("goods", f"p1 {who}", {"price": 3})
    client.item_set("goods", f"p2 {who}", {"price": 4})
    time.sleep(TICK_S)
    client.item_delete("goods", f"p2 {who}")
    client.flush()
    client.close()


def assert_all_of_sensors(home: Path, who: str) -> None:
    """Check that all of it arrived."""
    user, device = f"u1 {who}", f"a1 {who}"
    events = events_of(home, user, device)
    assert events.keys() == {"ViewProduct", "$SignUp", "PayOrder"}
    assert (events["PayOrder"].time, events["PayOrder"].properties["brands"]) == (PAST, ["a", "b"])
    assert (events["ViewProduct"].properties["name"], events["ViewProduct"].properties["shop"]) == ("商品", "旗舰店")
    assert abs(events["ViewProduct"].time - events["ViewProduct"].received_at) < timedelta(seconds=60)
    assert ids_of(home, device) == {user, device}
    assert traits_of(home, user) == {"city": "上海", "first_city": "北京", "visits": 5, "tags": ["a", "b"]}
    assert traits_of(home, f"u2 {who}") == {}
    assert (item_of(home, "goods", f"p1 {who}"), item_of(home, "goods", f"p2 {who}")) == ({"price": 3}, None)


def change_every_trait(client: Any, user: str, deleted: str) -> None:
    """Say everything about traits that 神策's client can say, in an order that counts."""
    for say, values in (
        (client.profile_set, {"city": "上海", "level": "gold"}),
        (client.profile_set_once, {"first_city": "北京"}),
        (client.profile_set_once, {"first_city": "广州"}),
        (client.profile_increment, {"visits": 2}),
        (client.profile_increment, {"visits": 3}),
        (client.profile_append, {"tags": ["a"]}),
        (client.profile_append, {"tags": ["b"]}),
        (client.profile_unset, ["level"]),
    ):
        say(user, values, is_login_id=True)
        time.sleep(TICK_S)
    client.profile_set(deleted, {"city": "深圳"}, is_login_id=True)
    time.sleep(TICK_S)
    client.profile_delete(deleted, is_login_id=True)


def test_sensors_ids_of_one_person_are_bound_and_unbound(server: Server, keys: dict[str, str]) -> None:
    import sensorsanalytics
    from sensorsanalytics import SensorsAnalyticsIdentity as Identity

    url = f"{server.url}/sa?project=default&token={keys['sensors']}"
    client = sensorsanalytics.SensorsAnalytics(sensorsanalytics.BatchConsumer(url), "default")
    login, phone = Identity(Identity.LOGIN_ID, "u1"), Identity(Identity.MOBILE, "13800000000")
    mail = Identity(Identity.EMAIL, "a@example.com")
    client.bind(login, phone, mail)
    time.sleep(TICK_S)
    client.track_by_id("ByPhone", {"price": 1}, phone)
    client.profile_set_by_id({"city": "上海"}, phone)
    time.sleep(TICK_S)
    client.unbind(mail)
    client.close()
    server.stop()
    bound = {"u1", "$identity_mobile+13800000000"}
    assert ids_of(server.home, "u1") == bound
    assert events_of(server.home, *bound).keys() == {"$BindID", "ByPhone"}
    assert traits_of(server.home, "u1") == {"city": "上海"}
    assert ids_of(server.home, "$identity_email+a@example.com") == {"$identity_email+a@example.com"}


def test_sensors_history_keeps_its_time_and_is_marked(server: Server, keys: dict[str, str]) -> None:
    import sensorsanalytics

    url = f"{server.url}/sa?project=default&token={keys['sensors']}"
    client = sensorsanalytics.SensorsAnalytics(sensorsanalytics.DefaultConsumer(url), "default", enable_time_free=True)
    client.track("u1", "Old", {"$time": int(PAST.timestamp() * 1000)}, is_login_id=True)
    client.close()
    server.stop()
    assert events_of(server.home, "u1")["Old"].time == PAST
    assert historical_events(server.home) == {"Old"}


def test_sensors_debug_mode_shows_what_is_wrong_and_can_only_validate(
    server: Server, keys: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    import sensorsanalytics

    url = f"{server.url}/sa?project=default&token={keys['sensors']}"
    sensorsanalytics.SensorsAnalytics(sensorsanalytics.DebugConsumer(url, write_data=False)).track("u1", "Validated")
    client = sensorsanalytics.SensorsAnalytics(sensorsanalytics.DebugConsumer(url))
    client.track("u1", "Stored")
    with pytest.raises(sensorsanalytics.SensorsAnalyticsDebugException):
        sensorsanalytics.DebugConsumer(url).send('{"type": "track", "event": "A", "properties": {}}')
    server.stop()
    shown = capsys.readouterr().out
    assert "ret_code: 400" in shown
    assert "The item names no person: distinct_id is missing" in shown
    assert events_of(server.home, "u1").keys() == {"Stored"}


def test_posthog(server: Server, keys: dict[str, str], problems: list[object]) -> None:
    from posthog import Posthog

    def report(*problem: object) -> None:
        problems.append(problem)

    for who, packed in (("plain", False), ("packed", True)):
        say_all_of_posthog(Posthog(keys["posthog"], host=server.url, gzip=packed, on_error=report, max_retries=0), who)
    server.stop()
    for who in ("plain", "packed"):
        assert_all_of_posthog(server.home, who)


def say_all_of_posthog(client: Any, who: str) -> None:
    """Say everything that PostHog's client says about events and people; every id ends in ``who``."""
    user = f"u1 {who}"
    first = {"$set": {"plan": "pro", "gone": 1}, "$set_once": {"came_from": "ad"}, "total": 99.5}
    client.capture("Order Completed", distinct_id=user, properties=first, timestamp=PAST)
    client.capture("Page Viewed", distinct_id=user, properties={"$unset": ["gone"]}, groups={"company": "g1"})
    client.capture("$identify", distinct_id=user, properties={"$anon_distinct_id": f"device {who}"})
    client.set(distinct_id=user, properties={"name": "Ann"})
    client.set_once(distinct_id=user, properties={"came_from": "later", "born": 1990})
    client.alias(f"a1 {who}", user)
    client.group_identify("company", f"g1 {who}", {"name": "Acme"})
    client.flush()
    client.shutdown()


def assert_all_of_posthog(home: Path, who: str) -> None:
    """Check that all of it arrived."""
    user, device, alias = f"u1 {who}", f"device {who}", f"a1 {who}"
    events = events_of(home, user, device, alias)
    assert events.keys() == {"Order Completed", "Page Viewed", "$identify"}
    completed = events["Order Completed"]
    assert (completed.time.timestamp(), completed.properties["total"]) == (nearly(PAST), 99.5)
    assert events["Page Viewed"].properties["$groups"] == {"company": "g1"}
    assert ids_of(home, alias) == ids_of(home, device) == {user, device, alias}
    assert traits_of(home, user) == {"plan": "pro", "came_from": "ad", "name": "Ann", "born": 1990}
    assert item_of(home, "company", f"g1 {who}") == {"name": "Acme"}


def test_posthog_history_keeps_its_time_and_is_marked(server: Server, keys: dict[str, str], problems: list[object]) -> None:
    from posthog import Posthog

    def report(*problem: object) -> None:
        problems.append(problem)

    client = Posthog(keys["posthog"], host=server.url, historical_migration=True, on_error=report, max_retries=0)
    client.capture("Old", distinct_id="u1", timestamp=PAST)
    client.shutdown()
    server.stop()
    assert events_of(server.home, "u1")["Old"].time == PAST
    assert historical_events(server.home) == {"Old"}
