"""Whose user agent counts, and which bodies may hold more than they seem."""

from __future__ import annotations

import base64
import gzip
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.collect.pipeline.bots import agent_of, any_robot, is_robot
from finegrain.collect.wire.bodies import is_packed
from finegrain.collect.wire.request import WireRequest

PACKED = base64.b64encode(gzip.compress(b"{}", mtime=0)).decode()


@pytest.mark.parametrize(
    ("properties", "agent"),
    [
        ({}, "request"),
        ({"$user_agent": "own"}, "own"),
        ({"context": {"userAgent": "browser"}}, "browser"),
        ({"$context": {"userAgent": "browser"}, "context": "my own"}, "browser"),
        ({"userAgent": "", "context": {"userAgent": 7}}, "request"),
        ({"context": ["userAgent"]}, "request"),
    ],
)
def test_the_agent_nearest_to_the_person_counts(properties: dict[str, Any], agent: str) -> None:
    assert agent_of(properties, "request") == agent


@pytest.mark.parametrize(
    ("body", "query", "headers", "packed"),
    [
        (b'{"event": "A"}', {}, {}, False),
        (gzip.compress(b"{}", mtime=0), {}, {}, True),
        (b"data=" + PACKED.encode(), {}, {}, True),
        (b"", {"data": PACKED}, {}, True),
        (b"x", {}, {"content-encoding": "deflate"}, True),
        (b"data=e30=", {"ip": "1"}, {}, False),
    ],
)
def test_bodies_that_may_unpack_to_more_are_told(
    body: bytes, query: dict[str, str], headers: dict[str, str], packed: bool
) -> None:
    assert is_packed(WireRequest("/sa", body, datetime(2024, 6, 1, tzinfo=UTC), query, headers)) is packed


agents = st.sampled_from(["Googlebot/2.1", "Mozilla/5.0", "", 7])
contexts = st.one_of(st.none(), st.just("text"), st.fixed_dictionaries({}, optional={"userAgent": agents}))
shared = st.lists(contexts, min_size=1, max_size=2).flatmap(
    lambda some: st.lists(
        st.fixed_dictionaries({}, optional={"context": st.sampled_from(some), "$context": contexts, "$user_agent": agents}),
        max_size=4,
    )
)


@given(shared, st.sampled_from(["curl/8", "Googlebot/2.1"]))
def test_events_looked_at_together_have_a_robot_where_one_of_them_has(events: list[dict[str, Any]], request_agent: str) -> None:
    assert any_robot(events, request_agent) == any(is_robot(agent_of(properties, request_agent)) for properties in events)
