"""What to do about refused items: there is advice for every reason, and none that nobody can get."""

from __future__ import annotations

import pytest

from finegrain.collect.pipeline.rows import UNWRITABLE
from finegrain.collect.plan.checker import PLAN_VIOLATION
from finegrain.collect.wire.reasons import REASONS
from finegrain.console.pages.data.advice import advice

ALL = {*REASONS, UNWRITABLE, PLAN_VIOLATION}


@pytest.mark.parametrize("reason", sorted(ALL))
def test_every_reason_has_advice(reason: str) -> None:
    assert advice(reason).endswith(".")


def test_a_reason_of_tomorrow_has_none() -> None:
    assert advice("unheard_of") == ""
