"""One person's part of the index: it says of the person what the whole says, and what it would say if nothing came after."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.twins.behaviour import CURRENCY, HOUR, START, FakeEvents, FakePeople, happenings

from finegrain.behaviour.building import build
from finegrain.behaviour.facts import facts, orders_of, unmatched_refunds_of
from finegrain.behaviour.slicing import one_person, some_people, until
from finegrain.zones import to_us

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening

    from finegrain.behaviour.contract import PersonFacts
    from finegrain.behaviour.index import BehaviourIndex

PEOPLE = ("x", "y", "z", "quiet")
moments = st.integers(0, 250).map(lambda hour: to_us(START + hour * HOUR))


def index_of(log: list[Happening]) -> BehaviourIndex:
    """Build the index over a log."""
    return build(FakeEvents(list(log)), FakePeople(dict.fromkeys(PEOPLE, START)), CURRENCY).index


def same(found: PersonFacts, whole: PersonFacts, code: int) -> bool:
    """Say whether some facts are those of one person among all."""
    arrays = [field.name for field in fields(whole) if isinstance(getattr(whole, field.name), np.ndarray)]
    return all(getattr(found, name).tolist() == getattr(whole, name)[code : code + 1].tolist() for name in arrays)


@given(log=happenings(), as_of_us=moments, days=st.integers(1, 20))
def test_the_part_says_of_the_person_what_the_whole_says(log: list[Happening], as_of_us: int, days: int) -> None:
    index, start = index_of(log), as_of_us - days * to_us(START + timedelta(days=1)) + days * to_us(START)
    for code in range(len(PEOPLE)):
        part = one_person(index, code)
        assert same(facts(part, as_of_us, start), facts(index, as_of_us, start), code)
        assert orders_of(part, code + 1) == orders_of(index, code + 1)
        assert unmatched_refunds_of(part, code + 1, as_of_us) == unmatched_refunds_of(index, code + 1, as_of_us)


@given(log=happenings(), as_of_us=moments, later_us=moments)
def test_what_was_cut_off_never_happened(log: list[Happening], as_of_us: int, later_us: int) -> None:
    later_us = max(later_us, as_of_us)
    past = index_of([one for one in log if to_us(one.at) < as_of_us])
    index = index_of(log)
    for code in range(len(PEOPLE)):
        cut = until(one_person(index, code), as_of_us)
        assert same(facts(cut, later_us, as_of_us), facts(past, later_us, as_of_us), code)


@given(log=happenings(), chosen=st.sets(st.integers(0, len(PEOPLE) - 1)), as_of_us=moments)
def test_a_part_of_some_says_of_each_what_the_whole_says(log: list[Happening], chosen: set[int], as_of_us: int) -> None:
    index, codes = index_of(log), np.array(sorted(chosen), dtype=np.int64)
    part, start = some_people(index, codes), as_of_us - to_us(START)
    assert part.person_ids.tolist() == (codes + 1).tolist()
    of_part, of_all = facts(part, as_of_us, start), facts(index, as_of_us, start)
    arrays = [field.name for field in fields(of_all) if isinstance(getattr(of_all, field.name), np.ndarray)]
    assert all(getattr(of_part, name).tolist() == getattr(of_all, name)[codes].tolist() for name in arrays)
    for code in chosen:
        assert orders_of(part, code + 1) == orders_of(index, code + 1)
