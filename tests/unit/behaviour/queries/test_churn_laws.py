"""The churn diagnosis against the slow twin, over made-up logs; and what must hold of every answer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.twins.behaviour import Happening
from tests.twins.churn import TwinChurn, informative_tables
from tests.twins.logs import AS_OF, FIRST, PEOPLE, PERIOD, WORLDS
from tests.twins.questions import filters

from finegrain.behaviour.churn.contract import GroupName, Histories, LeftOut
from finegrain.behaviour.churn.query import ChurnQuery
from finegrain.behaviour.churn.result import churn_result
from finegrain.behaviour.churn.signs import judge
from finegrain.behaviour.queries.contract import EventMatch
from finegrain.behaviour.queries.reading import read_query
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("A", "A", "B", "C", "Message Delivered", "Order Completed", "Order Refunded")

COMPARED: tuple[GroupName, ...] = ("silent", "stayed")
audiences = st.lists(st.sampled_from(PEOPLE), unique=True).map(lambda people: {"audience": {"people": people}})


@st.composite
def histories(draw: st.DrawFn) -> list[Happening]:
    """Logs of three people over eight days around a change of clocks, with visits, ties, messages and orders without an id."""
    times = st.builds(
        lambda hour, minute: FIRST + timedelta(hours=hour, minutes=minute),
        st.one_of(st.integers(0, 8 * 24), st.integers(40, 44)),
        st.sampled_from([0, 0, 20, 30]),
    )
    properties = st.sampled_from([{}, {"price": 1}, {"price": 12}, {"kind": "red"}])
    totals = st.sampled_from([None, Decimal("3.50"), Decimal(10)])
    one = st.builds(Happening, st.sampled_from("xxyz"), st.sampled_from(NAMES), times, st.none(), totals, properties)
    return draw(st.lists(one, min_size=draw(st.sampled_from([0, 12])), max_size=30))


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Questions about who is silent for a day or two."""
    asked: dict[str, Any] = {
        "period": draw(st.sampled_from([PERIOD, "2024-03-30..2024-04-05", "2024-03-29..2024-04-02", "all"])),
        "silence": draw(st.sampled_from(["6h", "12h", "1d", "3d"])),
        "lookback": draw(st.sampled_from(["6h", "1d", "2d"])),
        "earlier": draw(st.sampled_from(["1d", "4d"])),
        "steps": draw(st.sampled_from([["A", "B", "C"], [{"event": "A", "filters": [{"property": "price", "value": 1}]}, "B"]])),
    }
    asked |= draw(st.sampled_from([{}, {}, {"active": "A"}, {"active": ["A", "Message Delivered"]}]))
    asked |= draw(st.sampled_from([{}, {}, {"messages": "B"}, {"messages": ["B", "C"]}]))
    asked |= draw(st.one_of(st.just({}), filters.map(lambda one: {"filters": [one]})))
    asked |= draw(st.one_of(st.just({}), audiences))
    for name in ("active", "messages"):
        if isinstance(asked.get(name), list):
            asked[name] = {"event": asked[name]}
    return asked


@pytest.mark.parametrize("engine", WORLDS)
@given(log=histories(), query=questions())
def test_everybody_has_the_moment_and_the_window_of_the_twin(engine: str, log: list[Happening], query: dict[str, Any]) -> None:
    here, asked = WORLDS[engine](log), read_query(ChurnQuery, query)
    scope = here.service.scope(asked, AS_OF)
    found, twin = here.engine.churn(scope, asked), TwinChurn(asked, scope, log, to_us(FIRST)).histories()
    for state, ids in vars(found.left_out).items():
        assert ids.tolist() == [PEOPLE.index(who) + 1 for who, one in twin.items() if one.state == state]
    rows = [(who, one) for who, one in twin.items() if one.state in {"silent", "stayed"}]
    assert found.person_id.tolist() == [PEOPLE.index(who) + 1 for who, _ in rows]
    assert found.silent.tolist() == [one.state == "silent" for _, one in rows]
    for name in ("index_us", "known_us", "visits", "messages", "orders", "revenue_minor"):
        assert getattr(found, name).tolist() == [getattr(one, name) for _, one in rows], name
    assert [found.names[place] for place in found.last_event] == [one.last_event for _, one in rows]
    assert sorted(set().union(*(one.present for _, one in rows))) == list(found.names)
    assert [set(np.array(found.names)[row]) for row in found.present] == [one.present for _, one in rows]
    steps = np.array([step.name for step in found.steps])
    assert [set(steps[row]) for row in found.stopped] == [one.stopped for _, one in rows]


@pytest.mark.parametrize("engine", WORLDS)
@given(log=histories(), query=questions())
def test_every_number_is_a_list(engine: str, log: list[Happening], query: dict[str, Any]) -> None:
    here, asked = WORLDS[engine](log), read_query(ChurnQuery, query)
    scope = here.service.scope(asked, AS_OF)
    result = churn_result(asked, scope, here.engine.churn(scope, asked))
    compared = result.compared
    for group in get_args(GroupName):
        assert len(result.people(group)) == getattr(compared, group)
    for group in COMPARED:
        assert len(result.people(group, matched=True)) == getattr(compared, f"matched_{group}")
        for place, sign in enumerate(result.signs):
            assert len(result.people(group, sign=place)) == getattr(sign, group)
            assert len(result.people(group, sign=place, having=True)) == getattr(sign, f"{group}_with")
    assert result.thin
    assert result.findings == ()


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Histories, np.ndarray]:
    """Make up compared people of a few strata, with signs that may go along with silence."""
    n, seed, pull = draw(st.integers(0, 400)), draw(st.integers(0, 2**32)), draw(st.sampled_from([0.0, 0.3, -0.3]))
    rng = np.random.default_rng(seed)
    stratum = rng.integers(0, draw(st.integers(1, 12)), n)
    silent = rng.random(n) < 0.4
    present = rng.random((n, 2)) < np.clip(0.4 + pull * silent + 0.02 * stratum, 0, 1)[:, None]
    zeros = np.zeros(n, dtype=np.int64)
    found = Histories(
        person_id=np.arange(1, n + 1), silent=silent, index_us=zeros, known_us=zeros, visits=zeros.astype(np.int32),
        orders=zeros.astype(np.int32), revenue_minor=rng.integers(0, 1_000, n),
        messages=rng.integers(0, 3, n).astype(np.int32), last_event=rng.integers(0, 2, n).astype(np.int32), present=present,
        stopped=present & (rng.random((n, 2)) < 0.5) & [True, False], names=("A", "Payment Failed"),
        message=EventMatch("M"), steps=(EventMatch("A"), EventMatch("B")),
        left_out=LeftOut(zeros[:0], zeros[:0], zeros[:0]),
    )  # fmt: skip
    return found, stratum


def _has(found: Histories) -> dict[tuple[str, str], Callable[[int], bool]]:
    return {
        ("unreached", "M"): lambda row: bool(found.messages[row] == 0),
        ("event", "A"): lambda row: bool(found.present[row, 0]),
        ("missing", "A"): lambda row: not found.present[row, 0],
        ("trouble", "Payment Failed"): lambda row: bool(found.present[row, 1]),
        ("last", "A"): lambda row: bool(found.last_event[row] == 0),
        ("last", "Payment Failed"): lambda row: bool(found.last_event[row] == 1),
        ("stopped", "A"): lambda row: bool(found.stopped[row, 0]),
    }


@given(crowd=crowds())
def test_signs_are_counted_as_by_the_twin(crowd: tuple[Histories, np.ndarray]) -> None:
    found, stratum = crowd
    for sign, _ in judge(found, stratum, ChurnQuery()):
        has = _has(found)[sign.kind, sign.event]
        rows = [
            {"stratum": stratum[row], "silent": bool(found.silent[row]), "sign": has(row), "minor": int(found.revenue_minor[row])}
            for row in range(len(stratum))
        ]
        tables = informative_tables(rows, "sign")
        assert sign.silent_with == sum(table[0] for table in tables.values())
        assert sign.silent == sum(table[0] + table[2] for table in tables.values())
        assert sign.stayed_with == sum(table[1] - table[0] for table in tables.values())
        assert sign.stayed == sum(table[3] - table[2] for table in tables.values()) + sign.stayed_with
        theirs = [row["minor"] for row in rows if row["silent"] and row["sign"] and row["stratum"] in tables]
        assert sign.revenue_minor == sum(theirs)
        if sign.ratio is not None:
            above = sum(table[0] * table[3] / (table[1] + table[3]) for table in tables.values())
            below = sum(table[2] * table[1] / (table[1] + table[3]) for table in tables.values())
            assert sign.ratio == pytest.approx(above / below) if above and below else 0 < sign.ratio < float("inf")
            assert sign.low is not None
            assert sign.low <= sign.ratio


@given(crowd=crowds())
def test_findings_come_first_by_what_is_at_stake_and_thin_signs_last(crowd: tuple[Histories, np.ndarray]) -> None:
    signs = [sign for sign, _ in judge(*crowd, ChurnQuery())]
    order = [("finding", "none", "thin").index(sign.verdict) for sign in signs]
    assert order == sorted(order)
    stakes = [sign.stake_minor for sign in signs if sign.stake_minor is not None]
    assert stakes == sorted(stakes, reverse=True)
    for sign in signs:
        assert (sign.q is None) == (sign.verdict == "thin")
        # Strata in which anything can be told hold silent people, so that only numbers of people can be too small.
        with_it, without = sign.silent_with + sign.stayed_with, sign.silent + sign.stayed - sign.silent_with - sign.stayed_with
        assert (sign.verdict == "thin") == (min(with_it, without) < 30)
        assert sign.verdict != "finding" or (sign.q is not None and sign.q <= 0.05 and sign.ratio is not None and sign.ratio > 1)
        assert 0 <= sign.attributable < 1
        assert (sign.stake_minor is not None) == (sign.verdict == "finding")
        assert 0 <= (sign.stake_minor or 0) <= sign.revenue_minor
