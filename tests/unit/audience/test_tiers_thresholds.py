"""Thresholds at the border: what is accepted, what is refused and in which words; and the maps behind RFM."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from finegrain.audience import errors
from finegrain.audience.tiers.compute import resolve
from finegrain.audience.tiers.schemes import REGISTRY, scheme_named
from finegrain.audience.tiers.schemes.rfm_tiers import EIGHT, SEGMENT_CODES, SEGMENTS, segment


@pytest.mark.parametrize("name", list(REGISTRY))
def test_defaults_are_accepted(name: str) -> None:
    scheme = scheme_named(name)
    assert resolve(scheme, {row.name: row.default for row in scheme.declared}) == resolve(scheme)


def test_numbers_may_come_as_text() -> None:
    assert resolve(scheme_named("frequency"), {"lapsed_days": "120"}) == {"lapsed_days": 120}


def test_a_later_value_wins() -> None:
    assert resolve(scheme_named("frequency"), {"lapsed_days": 10}, {"lapsed_days": 20})["lapsed_days"] == 20


@pytest.mark.parametrize(
    ("scheme", "values", "error", "words"),
    [
        ("activity", {"silent_dais": 3}, errors.UnknownThresholdError, "no threshold named “silent_dais”. Known: new_days"),
        ("activity", {"silent_days": 0}, errors.ThresholdOutOfRangeError, "silent_days is 0, which is out.*from 1 to 3650"),
        ("activity", {"silent_days": 1e9}, errors.ThresholdOutOfRangeError, "is 1000000000, which"),
        ("activity", {"silent_days": 2.5}, errors.ThresholdNotWholeError, "is 2.5, which is not a whole number"),
        ("activity", {"silent_days": "a week"}, errors.ThresholdNotANumberError, "“a week”, which is not a number"),
        ("activity", {"silent_days": float("nan")}, errors.ThresholdNotANumberError, "“nan”"),
        ("activity", {"silent_days": True}, errors.ThresholdNotANumberError, "“True”"),
        ("activity", {"silent_days": None}, errors.ThresholdNotANumberError, "“None”"),
        ("rfm", {"view": "nine"}, errors.ThresholdChoiceError, "“nine”.*Choose one of: eight, quintile"),
        ("activity", {"silent_days": 90}, errors.ThresholdOrderError, r"silent_days \(90\) must be less than churned_days"),
        ("activity", {"new_days": 31}, errors.ThresholdExceedsError, r"new_days \(31\) must not exceed silent_days \(30\)"),
        ("rfm", {"r_score_5_days": 60}, errors.ThresholdOrderError, "r_score_5_days"),
        ("rfm", {"f_score_2": 3}, errors.ThresholdOrderError, "f_score_2"),
        ("rfm", {"m_score_2": 300}, errors.ThresholdOrderError, "m_score_2"),
        ("value", {"high_share": 95}, errors.ThresholdOrderError, "high_share"),
        ("value", {"high_people": 50}, errors.ThresholdOrderError, "high_people"),
        ("lifecycle", {"lost_factor": 2}, errors.ThresholdOrderError, "declining_factor"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_clear_sentence(
    scheme: str, values: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        resolve(scheme_named(scheme), values)


def test_new_may_last_as_long_as_it_takes_to_fall_silent() -> None:
    assert resolve(scheme_named("activity"), {"new_days": 30})["new_days"] == 30


def test_an_unknown_scheme_names_the_known_ones() -> None:
    with pytest.raises(errors.UnknownSchemeError, match=r"“rfn”\. Known: rfm, activity, value, frequency, lifecycle"):
        scheme_named("rfn")


def test_each_pair_of_scores_is_in_one_segment_and_each_segment_has_a_pair() -> None:
    pairs = {(r, fm): segment(r, fm) for r, fm in product(range(1, 6), repeat=2)}
    assert len(pairs) == 25
    assert set(pairs.values()) == {tier.key for tier in SEGMENTS} - {"none"}
    assert all(SEGMENTS[SEGMENT_CODES[r - 1, fm - 1]].key == key for (r, fm), key in pairs.items())


@pytest.mark.parametrize(
    ("r", "fm", "key"),
    [
        (5, 5, "champions"),
        (5, 1, "new_customers"),
        (4, 1, "promising"),
        (3, 3, "need_attention"),
        (1, 5, "cannot_lose"),
        (1, 1, "lost"),
    ],
)
def test_corners_of_the_map_are_where_the_widely_used_one_has_them(r: int, fm: int, key: str) -> None:
    assert segment(r, fm) == key


@pytest.mark.parametrize("name", list(REGISTRY))
def test_tier_keys_are_unique_and_every_text_is_there(name: str) -> None:
    scheme = scheme_named(name)
    tiers = scheme.tiers(resolve(scheme))
    assert len({tier.key for tier in tiers}) == len(tiers)
    assert all(tier.name and tier.description for tier in tiers)
    assert all(row.label and row.help for row in scheme.declared)
    assert all(len(row.choices) == len(row.choice_labels) for row in scheme.declared)


def test_the_eight_classes_stand_in_the_order_of_their_letters() -> None:
    # R high F high M high first; then as 4·(M low) + 2·(R low) + (F low) counts.
    assert [tier.key.split("_", 1)[1] for tier in EIGHT[:4]] == [tier.key.split("_", 1)[1] for tier in EIGHT[4:8]]
