"""The list of people: the count is the list, filters cut, sorting puts the missing last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.audience.directory import SORT_KEYS, PeopleDirectory, SortKey
from finegrain.behaviour.contract import NEVER, PersonFacts
from finegrain.errors import UnknownNameError
from finegrain.people.contract import Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

AS_OF = datetime(2024, 6, 1, tzinfo=UTC)
DAY = 86_400_000_000
KEYS = ("never", "first", "repeat")


def facts_of(purchases: Sequence[int]) -> PersonFacts:
    """Facts of people 10, 11, … who bought so often, at 100 a time, the last on the day of their number of purchases."""
    bought = np.array(purchases, dtype=np.int32)
    times = np.where(bought > 0, bought.astype(np.int64) * DAY, NEVER)
    revenue = bought.astype(np.int64) * 100
    person_ids = np.arange(len(bought), dtype=np.int64) + 10
    known = person_ids * DAY
    return PersonFacts(AS_OF.day, 0, person_ids, known, times, times, times, bought, revenue, bought, revenue)


@dataclass
class FakePeople:
    """People whose name is their number."""

    facts: PersonFacts

    def many(self, person_ids: NDArray[np.int64]) -> list[Person]:
        """Give them."""
        return [Person(int(n), (f"u{n}",), {"name": f"P{n}"}, AS_OF) for n in person_ids]

    def get(self, person_id: int) -> Person:
        """Give one."""
        return self.many(np.array([person_id]))[0]

    def search(self, text: str) -> NDArray[np.int64]:
        """Find by the number's text."""
        return np.array([n for n in self.facts.person_ids.tolist() if text in f"u{n}"], dtype=np.int64)


@dataclass
class FakeTiers:
    """One scheme: never, first or repeat."""

    facts: PersonFacts

    def compute(self, _scheme: str, _as_of: datetime, *, index: None) -> SimpleNamespace:  # noqa: ARG002 - one for all
        """Sort everybody in."""
        codes = np.minimum(self.facts.purchases, 2).astype(np.int8)
        assignment = SimpleNamespace(keys=KEYS, codes=codes, person_ids=self.facts.person_ids)
        return SimpleNamespace(assignment=assignment, people=lambda key: self.facts.person_ids[codes == KEYS.index(key)])


def directory_of(purchases: Sequence[int]) -> PeopleDirectory:
    """A directory over such people."""
    facts = facts_of(purchases)
    index = SimpleNamespace(current=lambda: None, facts=lambda _as_of, _days, _index: facts)
    return PeopleDirectory(cast("Any", FakePeople(facts)), cast("Any", index), cast("Any", FakeTiers(facts)))


@given(
    purchases=st.lists(st.integers(0, 4), max_size=60),
    sort=st.sampled_from(SORT_KEYS),
    descending=st.booleans(),
    per_page=st.integers(1, 20),
    tier=st.sampled_from([None, *KEYS]),
)
def test_pages_hold_together_exactly_the_people_that_are_counted(
    purchases: list[int], sort: SortKey, descending: bool, per_page: int, tier: str | None
) -> None:
    directory = directory_of(purchases)
    tiers: dict[Any, str] = {} if tier is None else {"frequency": tier}
    seen: list[int] = []
    page = 1
    while rows := directory.search(as_of=AS_OF, tiers=tiers, sort=sort, descending=descending, page=page, per_page=per_page).rows:
        seen += [row.person_id for row in rows]
        page += 1
    assert len(seen) == directory.search(as_of=AS_OF, tiers=tiers).total
    assert sorted(seen) == directory.ids(as_of=AS_OF, tiers=tiers).tolist()


@pytest.mark.parametrize(("descending", "order"), [(True, [12, 11, 10, 13]), (False, [10, 11, 12, 13])])
def test_people_without_the_figure_come_last_either_way(descending: bool, order: list[int]) -> None:
    page = directory_of([1, 2, 3, 0]).search(as_of=AS_OF, sort="last_purchase", descending=descending)
    assert [row.person_id for row in page.rows] == order


def test_search_and_tier_must_both_match() -> None:
    page = directory_of([1, 2, 0, 2]).search("u1", as_of=AS_OF, tiers={"frequency": "repeat"}, show_tiers=["frequency"])
    assert [row.display_id for row in page.rows] == ["u11", "u13"]
    assert all(row.tiers == {"frequency": "repeat"} for row in page.rows)


def test_a_row_holds_the_persons_figures() -> None:
    row = directory_of([0, 3]).row(11, as_of=AS_OF)
    assert (row.name, row.purchases, row.revenue_minor, row.average_order_value_minor) == ("P11", 3, 300, 100)
    assert directory_of([0, 3]).row(10, as_of=AS_OF).average_order_value_minor is None


@given(purchases=st.lists(st.integers(0, 4), max_size=30), data=st.data())
def test_a_list_can_be_kept_to_given_people(purchases: list[int], data: st.DataObject) -> None:
    everybody = [row.person_id for row in directory_of(purchases).search(as_of=AS_OF, per_page=100).rows]
    chosen = data.draw(st.lists(st.sampled_from(everybody), unique=True)) if everybody else []
    page = directory_of(purchases).search(as_of=AS_OF, per_page=100, among=np.array(chosen, dtype=np.int64))
    assert [row.person_id for row in page.rows] == [person for person in everybody if person in chosen]


def test_a_page_beyond_the_end_is_empty_and_still_counts() -> None:
    page = directory_of([1, 2]).search(as_of=AS_OF, page=9)
    assert (page.total, page.rows) == (2, ())


def test_an_unknown_sort_key_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UnknownNameError, match="last_purchase"):
        directory_of([1]).search(as_of=AS_OF, sort=cast("SortKey", "shoe_size"))
