"""Days of traits are read once, as long as the trait stays as it is, and of one person alone where nobody asked for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from tests.twins.logs import ZONE

from finegrain.audience.rules import trait_days
from finegrain.audience.rules.trait_days import TraitDays
from finegrain.people.contract import TraitValues

if TYPE_CHECKING:
    import pytest

DAY = 738886  # 2024-01-01


def traits(*texts: str | None) -> TraitValues:
    """Give one trait of as many people."""
    return TraitValues(np.arange(1, len(texts) + 1), pa.array(texts, pa.string()), np.full(len(texts), np.nan))


def test_everybody_and_each_alone_have_the_same_days() -> None:
    values, everybody = traits("2024-01-01", "soon", None, "2024-01-02T23:30:00Z"), np.array([0, 1, 2, 3, -1])
    days = TraitDays(ZONE)
    alone = [days.of("renewal", values, np.array([place]), anniversary=False).tolist() for place in everybody]
    together = days.of("renewal", values, everybody, anniversary=False)
    assert together.tolist() == [one for (one,) in alone] == [DAY, 0, 0, DAY + 2, 0]
    assert days.of("renewal", values, np.array([3, -1]), anniversary=False).tolist() == [DAY + 2, 0]
    assert days.of("renewal", values, everybody, anniversary=True).tolist() == [101, 0, 0, 103, 0]


def test_a_trait_that_changed_is_read_again() -> None:
    days, everybody = TraitDays(ZONE), np.array([0])
    assert days.of("renewal", traits("2024-01-01"), everybody, anniversary=False).tolist() == [DAY]
    assert days.of("renewal", traits("2024-01-02"), everybody, anniversary=False).tolist() == [DAY + 1]


def test_the_trait_not_asked_for_longest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trait_days, "MOST_KEPT", 2)
    days, values = TraitDays(ZONE), traits("2024-01-01")
    for name in ("a", "b", "a", "c"):
        days.of(name, values, np.array([0]), anniversary=False)
    assert [name for name, _anniversary in days._kept] == ["a", "c"]
