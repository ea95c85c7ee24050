"""The logarithmic scale of durations: quantiles within a bucket of the truth, whatever is counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.collect.pipeline.health.scales import ANSWERS, LAGS, Scale, dense, sparse

WITHIN = st.lists(st.floats(0.0011, 60), min_size=1, max_size=50)


def test_nothing_has_no_quantile() -> None:
    assert ANSWERS.quantile(ANSWERS.empty(), 0.5) is None


def test_what_is_beyond_the_scale_counts_as_its_end() -> None:
    scale = Scale(1, per_octave=1, octaves=3)
    counts = scale.count([1000, -5])
    assert (counts.tolist(), scale.quantile(counts, 1.0), scale.quantile(counts, 0.0)) == ([1, 0, 0, 0, 1], 8.0, 0.0)


@given(WITHIN, st.sampled_from([0.5, 0.99, 1.0]))
def test_a_quantile_is_at_most_one_bucket_off(values: list[float], share: float) -> None:
    found = ANSWERS.quantile(ANSWERS.count(values), share)
    true = float(np.quantile(values, share, method="inverted_cdf"))
    assert found == pytest.approx(true, rel=2 ** (1 / 4) - 1 + 1e-9)


@given(WITHIN)
def test_counts_survive_json(values: list[float]) -> None:
    counts = LAGS.count(values)
    assert (dense(sparse(counts), LAGS) == counts).all()
    assert counts.sum() == len(values)
