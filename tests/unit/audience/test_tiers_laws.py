"""Laws that hold for any people and any thresholds inside their limits."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.twins.tiers import AS_OF_US, Person, Setting, crowds, facts_at, persons, settings_of_schemes, sort

from finegrain.audience.errors import ThresholdExceedsError, ThresholdOrderError
from finegrain.audience.tiers import cuts
from finegrain.audience.tiers.compute import resolve
from finegrain.audience.tiers.contract import SCHEMES, PersonOrder, SchemeName
from finegrain.audience.tiers.matrix import MatrixResult, cross
from finegrain.audience.tiers.schemes import scheme_named
from finegrain.audience.tiers.schemes.rfm import RfmScheme, figure_levels
from finegrain.zones import MICROSECONDS_PER_DAY as DAY

if TYPE_CHECKING:
    from finegrain.audience.tiers.contract import Threshold
    from finegrain.audience.tiers.result import TierResult

SCORED = {"view": "quintile", "window_days": 365}


def values_of(threshold: Threshold) -> st.SearchStrategy[Any]:
    """Give any value that the threshold alone allows, its limits often."""
    if threshold.choices:
        return st.sampled_from(threshold.choices)
    low, high = float(threshold.minimum or 0), float(threshold.maximum or 0)
    edges = st.sampled_from([low, high])
    near = st.integers(int(low), int(min(high, low + 200)))
    return edges | near if threshold.whole else edges | near | st.floats(low, high)


@st.composite
def any_thresholds(draw: st.DrawFn, name: SchemeName) -> dict[str, Any]:
    """Some thresholds of a scheme, in their limits; sets that contradict each other are left out."""
    scheme = scheme_named(name)
    chosen = draw(st.lists(st.sampled_from(scheme.declared), unique_by=lambda row: row.name))
    values = {row.name: draw(values_of(row)) for row in chosen}
    try:
        resolve(scheme, values)
    except (ThresholdOrderError, ThresholdExceedsError):
        assume(False)  # noqa: FBT003 - hypothesis' own signature
    return values


@pytest.mark.parametrize("name", SCHEMES)
@given(people=crowds, data=st.data())
def test_tiers_are_a_partition_under_any_thresholds(name: SchemeName, people: list[Person], data: st.DataObject) -> None:
    result = sort(people, name, data.draw(any_thresholds(name)))
    listed = np.concatenate([result.people(tier.key) for tier in result.tiers])
    assert sorted(listed.tolist()) == list(range(1, len(people) + 1))
    assert sum(tier.people for tier in result.tiers) == result.total == len(people)
    assert sum(tier.share for tier in result.tiers) == pytest.approx(1)


@given(people=crowds, setting=settings_of_schemes())
def test_an_explanation_names_the_tier_that_was_computed(people: list[Person], setting: Setting) -> None:
    result = sort(people, *setting)
    frame = result.to_arrow().to_pydict()
    for person_id, tier in zip(frame["person_id"], frame["tier"], strict=True):
        said = result.explain(person_id)
        assert said.tier == tier == result.tier_of(person_id)
        assert said.tier_name == result.tier(tier).name
        assert said.figures
        assert said.moves_at is None or said.moves_at > result.as_of


@given(people=crowds, setting=settings_of_schemes())
def test_all_forms_of_a_result_tell_the_same(people: list[Person], setting: Setting) -> None:
    result = sort(people, *setting)
    told, table, frame = json.loads(json.dumps(result.to_dict())), result.to_arrow(), result.to_pandas()
    counted = frame.groupby("tier", observed=False).agg(
        people=("person_id", "size"), purchases=("purchases", "sum"), revenue=("revenue_minor", "sum")
    )
    for tier in told["tiers"]:
        row = counted.loc[tier["key"]]
        assert (tier["people"], tier["purchases"]) == (row["people"], row["purchases"])
        assert round(tier["revenue"] * 100) == row["revenue"]
    assert table.to_pandas().equals(frame)
    assert {tier["key"] for tier in told["tiers"]} == set(counted.index)


@given(people=crowds, rows=settings_of_schemes(), columns=settings_of_schemes())
def test_a_matrix_adds_up_to_both_of_its_schemes(people: list[Person], rows: Setting, columns: Setting) -> None:
    matrix = cross(sort(people, *rows), sort(people, *columns))
    told = matrix.to_dict()
    assert told["people"] == matrix.total == len(people)
    for side, tiers in (("row", told["row_tiers"]), ("column", told["column_tiers"])):
        for tier in tiers:
            cells = [cell for cell in told["cells"] if cell[side] == tier["key"]]
            assert sum(cell["people"] for cell in cells) == tier["people"]
            assert sum(round(cell["revenue"] * 100) for cell in cells) == round(tier["revenue"] * 100)


@given(people=crowds, rows=settings_of_schemes(), columns=settings_of_schemes())
def test_a_matrix_turned_around_is_the_same_matrix(people: list[Person], rows: Setting, columns: Setting) -> None:
    one, other = sort(people, *rows), sort(people, *columns)
    assert cross(one, other).counts.tolist() == cross(other, one).counts.T.tolist()
    assert np.diag(np.diag(cross(one, one).counts)).tolist() == cross(one, one).counts.tolist()


def test_a_matrix_whose_cells_do_not_add_up_is_refused() -> None:
    result = sort([Person(AS_OF_US - DAY, (), ())], "value", {})
    matrix = cross(result, result)
    with pytest.raises(ValueError, match="add up"):
        replace(matrix, counts=matrix.counts + 1)
    assert repr(matrix) == f"MatrixResult(value × value as of {result.as_of.isoformat()}: 1 people)"
    assert isinstance(matrix, MatrixResult)


def scores(people: list[Person], thresholds: dict[str, Any]) -> list[list[int]]:
    """Give everybody's R, F and M levels."""
    result: TierResult = sort(people, "rfm", SCORED | thresholds)
    return [level.tolist() for level in figure_levels(result.basis.facts, result.basis.bounds)]


@pytest.mark.parametrize("rule", ["fixed", "quantile"])
@given(people=crowds, person=persons, earlier_days=st.integers(1, 100))
def test_who_bought_later_has_no_lower_r_score(rule: str, people: list[Person], person: Person, earlier_days: int) -> None:
    later = person._replace(orders=(*person.orders, PersonOrder(AS_OF_US - DAY, 100, is_purchase=True)))
    earlier = person._replace(orders=(*person.orders, PersonOrder(AS_OF_US - (1 + earlier_days) * DAY, 100, is_purchase=True)))
    r, _f, _m = scores([later, earlier, *people], {"scores": rule})
    assert r[0] >= r[1]


@pytest.mark.parametrize("rule", ["fixed", "quantile"])
@given(people=crowds, person=persons, more=st.integers(0, 100_000))
def test_who_bought_once_more_has_no_lower_f_or_m_score(rule: str, people: list[Person], person: Person, more: int) -> None:
    again = person._replace(orders=(*person.orders, PersonOrder(AS_OF_US - 50 * DAY, more, is_purchase=True)))
    _r, f, m = scores([again, person, *people], {"scores": rule})
    assert (f[0] >= f[1], m[0] >= m[1]) == (True, True)


@given(people=crowds, data=st.data())
def test_a_wider_window_never_counts_fewer_purchases(people: list[Person], data: st.DataObject) -> None:
    narrow, wide = sorted(data.draw(st.lists(st.integers(1, 150), min_size=2, max_size=2)))
    inside, around = (facts_at(people, AS_OF_US, days).window_purchases for days in (narrow, wide))
    assert (inside <= around).all()


@given(people=crowds, limits=st.lists(st.integers(1, 120), min_size=2, max_size=2, unique=True))
def test_a_later_limit_never_makes_more_people_lapse(people: list[Person], limits: list[int]) -> None:
    early, late = (set(sort(people, "frequency", {"lapsed_days": days}).people("lapsed").tolist()) for days in sorted(limits))
    assert late <= early


@given(people=crowds, shares=st.lists(st.integers(1, 99), min_size=2, max_size=2, unique=True))
def test_a_greater_share_of_revenue_never_takes_fewer_people(people: list[Person], shares: list[int]) -> None:
    few, many = (
        set(sort(people, "value", {"high_share": share, "mid_share": 100}).people("high").tolist()) for share in sorted(shares)
    )
    assert few <= many


@given(values=st.lists(st.integers(-50, 50), min_size=1, max_size=40), steps=st.lists(st.integers(-60, 60), max_size=4))
def test_greater_figures_have_no_lower_level(values: list[int], steps: list[int]) -> None:
    ordered = np.array(sorted(values), dtype=np.int64)
    assert (np.diff(cuts.levels(ordered, tuple(sorted(steps)))) >= 0).all()


@given(people=crowds)
def test_the_order_of_people_changes_nobodys_tier(people: list[Person]) -> None:
    for name in SCHEMES:
        there, back = sort(people, name, {}), sort(people[::-1], name, {})
        assert there.assignment.codes.tolist() == back.assignment.codes.tolist()[::-1]


def test_orders_that_do_not_add_up_to_the_facts_are_left_out_of_an_explanation() -> None:
    person = Person(AS_OF_US - 9 * DAY, (), (PersonOrder(AS_OF_US - 9 * DAY, 500, is_purchase=True),))
    result = sort([person], "rfm", {})
    stale = replace(result, basis=replace(result.basis, orders_of=lambda _person, _at: ()))
    assert "are not taken into account" in stale.explain(1).note
    assert "are taken into account" in result.explain(1).note
    assert isinstance(result.basis.scheme, RfmScheme)
