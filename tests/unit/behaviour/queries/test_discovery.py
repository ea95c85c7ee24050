"""q values against the step-up procedure as its paper puts it, and against worked examples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.behaviour.queries.discovery import false_discovery


@given(p=st.lists(st.floats(0, 1), max_size=30))
def test_q_values_are_the_least_level_at_which_the_step_up_procedure_rejects(p: list[float]) -> None:
    """One level at a time, as the paper puts it: reject the k smallest, k the largest with p₍ₖ₎ ≤ k q / (m h(m))."""
    found, m = false_discovery(np.array(p)), len(p)
    harmonic = sum(1 / place for place in range(1, m + 1))
    for level in (0.01, 0.05, 0.2, 0.7):
        ranked = sorted(p)
        passing = [ranked[k - 1] for k in range(1, m + 1) if ranked[k - 1] * m * harmonic / k <= level]
        assert [one <= level for one in found.tolist()] == [bool(passing) and one <= passing[-1] for one in p]


def test_the_thrombolysis_trial_keeps_three_of_its_four_findings_however_its_tests_depend() -> None:
    # The 15 p values of Benjamini & Hochberg 1995, of which their procedure rejects four at 5 %. With h(15) = 3.318 the limits
    # are 0.001005 k: 0.0019 ≤ 0.0030, but 0.0095 > 0.0040.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]
    assert int((false_discovery(np.array(p)) <= 0.05).sum()) == 3


def test_q_values_worked_by_hand() -> None:
    # h(3) = 11/6. Ranked: 0.01·3·h/1 = 0.055, 0.02·3·h/2 = 0.055, 0.5·3·h/3 = 0.9167.
    assert false_discovery(np.array([0.5, 0.01, 0.02])).tolist() == pytest.approx([11 / 12, 0.055, 0.055])
