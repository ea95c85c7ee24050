"""A scheme over time and schemes of one's own, as far as it takes no page: addresses, charts, and the fields of the editor."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.audience.history.contract import NOBODY, DaySize, FlowResult, Series, SizesResult
from finegrain.audience.tiers.own.contract import OwnScheme, OwnTier, Rest, read_scheme
from finegrain.console.pages.tiers.history_address import HistoryAddress
from finegrain.console.pages.tiers.history_charts import flow_options, sizes_options, tier_colours, turnover_options
from finegrain.console.pages.tiers.own_draft import SchemeFields
from finegrain.console.theme import LIGHT

FIRST, LAST = date(2024, 6, 1), date(2024, 6, 2)
NAMES = {"high": "High {h}", "low": "Low", NOBODY: "Not there"}
FLOW = FlowResult("care", FIRST, LAST, ("high", "low", NOBODY), NAMES, ((5, 2, 0), (1, 7, 1), (3, 0, 0)), changed=False)
OWN = OwnScheme("care", "Care", "For calls.", (OwnTier("high", "High", {"event": "Order Completed"}),), Rest("rest", "Rest"))


def size(day: date, people: int, entered: int | None = None, left: int | None = None) -> DaySize:
    """Give a tier on one day."""
    return DaySize(day, datetime(2024, 6, 3, tzinfo=UTC), people, entered, left, changed=False, filled=True)


@given(st.builds(HistoryAddress, st.just("care"), *[st.sampled_from(["", "2024-06-01", "-", "a&b"])] * 4))
def test_an_address_comes_back_from_its_url(address: HistoryAddress) -> None:
    from urllib.parse import parse_qsl, urlsplit

    parts = urlsplit(address.url())
    assert parts.path == "/tiers/care/history"
    assert HistoryAddress.parse("care", dict(parse_qsl(parts.query))) == address


def test_bands_hold_everybody_and_the_move_behind_them() -> None:
    series = flow_options(FLOW, NAMES, LIGHT)["series"][0]
    assert sum(link["value"] for link in series["links"]) == 5 + 2 + 1 + 7 + 1 + 3
    assert [link["door"] for link in series["links"] if link["value"] == 3] == [["-", "high"]]
    # Five and one and three are high on the last day; nobody was nowhere and stays there.
    assert {node["name"]: node["value"] for node in series["data"]}["now high"] == 9
    assert {node["name"] for node in series["data"]} == {f"{side} {key}" for side in ("was", "now") for key in FLOW.keys}


def test_names_in_braces_are_no_templates_of_the_chart() -> None:
    labels = [node["label"]["formatter"] for node in flow_options(FLOW, NAMES, LIGHT)["series"][0]["data"]]
    assert "7 High (h)" in labels


def test_the_best_tier_stands_on_top_and_empty_ones_are_left_out() -> None:
    tiers = (("high", 1), ("low", 2), ("none", 0))
    sizes = SizesResult("care", FIRST, LAST, tuple(Series(f"care/{key}", (size(FIRST, n), size(LAST, n))) for key, n in tiers))
    series = sizes_options(sizes, NAMES, LIGHT, "en-US")["series"]
    assert [(one["name"], one["data"]) for one in series] == [("Low", [2, 2]), ("High {h}", [1, 1])]


def test_exits_go_down_and_the_first_day_has_neither() -> None:
    one = Series("care/high", (size(FIRST, 5), size(LAST, 6, 3, 2)))
    entered, left = turnover_options(one, LIGHT, "en-US")["series"]
    assert (entered["data"], left["data"]) == ([None, 3], [None, -2])


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_tiers_have_colours_of_their_own(count: int) -> None:
    colours = tier_colours(count, LIGHT)
    assert len(set(colours)) == count
    if count > 1:
        assert (colours[0], colours[-1]) == (LIGHT.ramp_high, LIGHT.ramp_low)


def test_a_scheme_comes_back_from_the_fields() -> None:
    fields = SchemeFields.kept(SchemeFields.of(OWN).content())
    assert fields is not None
    (tier,) = read_scheme(fields.values()).tiers
    assert (tier.key, tier.label, tier.rule) == ("high", "High", {"rule": 1, "event": "Order Completed"})
    assert replace(read_scheme(fields.values()), tiers=OWN.tiers) == OWN


@pytest.mark.parametrize("content", [{}, {"tiers": [{"key": "a"}]}, {**SchemeFields.of(OWN).content(), "tiers": 1}])
def test_a_draft_that_cannot_be_read_is_none(content: dict[str, Any]) -> None:
    assert SchemeFields.kept(content) is None
