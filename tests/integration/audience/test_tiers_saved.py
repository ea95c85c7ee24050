"""Saved thresholds: whatever is accepted comes back, of the same type, and nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from finegrain.audience.errors import BadThresholdError, UnknownSchemeError
from finegrain.audience.tiers.compute import resolve
from finegrain.audience.tiers.contract import SCHEMES, SchemeName
from finegrain.audience.tiers.saved import SavedThresholds
from finegrain.audience.tiers.schemes import scheme_named
from finegrain.audience.tiers.service import KEPT_RESULTS
from finegrain.audience.tiers.thresholds import check

if TYPE_CHECKING:
    from finegrain.audience.tiers.contract import Threshold
    from finegrain.store.ops import OpsStore
    from finegrain.workspace import Workspace


def values_of(row: Threshold) -> st.SearchStrategy[Any]:
    """Give what a threshold alone allows, to the hundredth, as people write it."""
    if row.choices:
        return st.sampled_from(row.choices)
    low, high = float(row.minimum or 0), float(row.maximum or 0)
    return st.integers(int(low), int(high)) if row.whole else st.decimals(low, high, places=2).map(float)


@pytest.mark.parametrize("name", SCHEMES)
@hypothesis.settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_saved_comes_back_exactly(ops: OpsStore, name: SchemeName, data: st.DataObject) -> None:
    saved, scheme = SavedThresholds(ops), scheme_named(name)
    values = {row.name: data.draw(values_of(row)) for row in scheme.declared}
    saved.write(name, values)
    assert saved.read(name) == values
    # The database tells 5 and 5.0 apart no more; reading them as thresholds does.
    again = check(name, scheme.declared, saved.read(name))
    assert {key: repr(value) for key, value in again.items()} == {key: repr(value) for key, value in values.items()}
    saved.clear(name)
    assert saved.read(name) == {}


@pytest.mark.parametrize("name", SCHEMES)
def test_clearing_one_scheme_leaves_the_others(ops: OpsStore, name: SchemeName) -> None:
    saved = SavedThresholds(ops)
    everything = {other: resolve(scheme_named(other)) for other in SCHEMES}
    for other, values in everything.items():
        saved.write(other, values)
    saved.clear(name)
    assert {other: saved.read(other) for other in SCHEMES} == everything | {name: {}}


@pytest.mark.parametrize("call", ["thresholds", "reset_thresholds"])
def test_an_unknown_scheme_has_no_thresholds(empty: Workspace, call: str) -> None:
    with pytest.raises(UnknownSchemeError, match="rfn"):
        getattr(empty.tiering, call)("rfn")


@pytest.mark.parametrize("name", SCHEMES)
def test_defaults_may_be_saved_and_change_nothing(empty: Workspace, name: SchemeName) -> None:
    before = empty.tiering.thresholds(name)
    assert empty.tiering.save_thresholds(name, {row.name: row.default for row in before}) == before
    assert empty.tiering.reset_thresholds(name) == before


def test_a_set_that_contradicts_what_is_saved_is_refused(empty: Workspace) -> None:
    empty.tiering.save_thresholds("activity", {"churned_days": 60})
    with pytest.raises(BadThresholdError, match="churned_days"):
        empty.tiering.save_thresholds("activity", {"silent_days": 60})
    assert {row.name: row.value for row in empty.tiering.thresholds("activity")}["silent_days"] == 30


def test_only_so_many_results_are_kept(empty: Workspace) -> None:
    moment = empty.as_of("2024-06-01")
    first = empty.tiering.compute("frequency", moment, {"lapsed_days": 1})
    for days in range(2, KEPT_RESULTS + 2):
        empty.tiering.compute("frequency", moment, {"lapsed_days": days})
    assert len(empty.tiering._kept) == KEPT_RESULTS
    assert empty.tiering.compute("frequency", moment, {"lapsed_days": 1}) is not first
