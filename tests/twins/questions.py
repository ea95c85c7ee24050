"""Strategies for what all made-up questions have in common: events, filters, audiences, units, breakdowns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from tests.twins.logs import NAMES, PEOPLE

if TYPE_CHECKING:
    from typing import Any

plain = st.sampled_from(NAMES)
filters: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"property": "price", "op": "gte", "value": 2},
        {"property": "kind", "value": ["red", "12"]},
        {"property": "city", "of": "person", "value": "Ulm"},
        {"property": "city", "of": "person", "value": "Ulm", "as_it_was": True},
    ]
)
matchers = st.one_of(
    plain,
    plain,
    st.builds(lambda name, one: {"event": name, "filters": [one]}, plain, filters),
    st.sampled_from(["*", ("A", "B")]).map(lambda name: {"event": name}),
)
"""An event by its name, with a filter, any of two, or any at all."""

_nothing: st.SearchStrategy[dict[str, Any]] = st.just({})
_units = st.sampled_from(["people", "people", "people", "sessions", "groups"])
_audiences = st.lists(st.sampled_from(PEOPLE), unique=True).map(lambda people: {"audience": {"people": people}})
whom = st.builds(
    lambda unit, one, audience: {"unit": unit, "group": "kind", **one, **audience},
    _units,
    st.one_of(_nothing, filters.map(lambda one: {"filters": [one]})),
    st.one_of(_nothing, _nothing, _audiences),
)
"""Who is counted, and which of their events."""

breakdowns = st.one_of(
    _nothing,
    st.builds(
        lambda name, limit: {"breakdown": {"property": name, "of": "person" if name == "city" else "event", "limit": limit}},
        st.sampled_from(["kind", "price", "city"]),
        st.integers(1, 3),
    ),
)
"""By a property or a trait, so few groups that some values fall under "other"; or none."""
