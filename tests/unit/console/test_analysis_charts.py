"""What the charts and tables of the analysis say of answers, without a workspace."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from finegrain.console.pages.analysis.answers.intervals import IntervalsAnswer
from finegrain.console.pages.analysis.answers.process import ProcessAnswer
from finegrain.console.pages.analysis.options import bar_label, seconds_script, times_up
from finegrain.console.theme import DARK, LIGHT
from finegrain.i18n import speaking

DAY_S = 86_400
READS = ProcessAnswer()


@pytest.mark.parametrize(
    ("most_s", "tick_s", "top_s"),
    [
        (0, 1, 1),
        (4 * 60, 60, 4 * 60),
        (3.2 * 3_600, 3_600, 4 * 3_600),
        (32 * DAY_S, 7 * DAY_S, 35 * DAY_S),
    ],
)
def test_an_axis_of_times_is_marked_at_whole_units(most_s: float, tick_s: int, top_s: int) -> None:
    axis = times_up(LIGHT, most_s)
    assert (axis["interval"], axis["max"]) == (tick_s, top_s)


def test_an_axis_beyond_all_distances_is_marked_by_the_chart_itself() -> None:
    assert "interval" not in times_up(LIGHT, 1_000 * DAY_S)


def test_times_on_an_axis_are_told_in_the_language_of_the_reader() -> None:
    with speaking("zh_CN"):
        assert '"% \\u5929"' in seconds_script()
    with speaking("en"):
        assert '"% d"' in seconds_script()


@pytest.mark.parametrize(("bar", "said"), [(0, "Takes under 1 min"), (1, "Takes 1 min – 1 h"), (2, "Takes 1 – 3 h")])
def test_a_unit_that_both_ends_of_a_span_have_is_said_once(bar: int, said: str) -> None:
    time = SimpleNamespace(counts=[1, 1, 1], breaks_s=[0, 60, 3_600, 10_800])
    result: Any = SimpleNamespace(total=SimpleNamespace(time=time), groups=(), asked=None)
    assert IntervalsAnswer().title(result, {"bar": bar}) == said


def lossy(value: float | None) -> Any:
    step = SimpleNamespace(number=1, name="A", cases=10, lost=SimpleNamespace(value=value, completions=4.0))
    asked = SimpleNamespace(query=SimpleNamespace(unit="people"))
    return SimpleNamespace(steps=[step], losses=[step], currency="CNY", asked=asked)


@pytest.mark.parametrize(
    ("value", "hint", "shown"),
    [(12.5, "what the lost people would have brought at the usual pace", "¥12.50"), (None, "completions lost", "4")],
)
def test_losses_are_told_in_money_where_a_completion_has_a_worth(value: float | None, hint: str, shown: str) -> None:
    picture = READS.pictures(lossy(value))[1]
    assert picture.hint == hint
    assert picture.build(LIGHT)["series"][0]["data"][0]["label"]["formatter"] == shown


@pytest.mark.parametrize(("found", "first"), [(0, 5), (7, 7)])
def test_differences_that_chance_explains_are_folded_below_the_findings(found: int, first: int) -> None:
    group = SimpleNamespace(group=SimpleNamespace(name="Android"))
    part = SimpleNamespace(conversion=0.5, lost_people=3)
    points = [
        SimpleNamespace(step=1, split=0, group=0, here=part, others_conversion=0.9, q=0.01, lost=None, significant=place < found)
        for place in range(9)
    ]
    split = SimpleNamespace(property="platform", groups=[group])
    result = SimpleNamespace(**vars(lossy(None)), splits=[split], points=points, findings=points[:found], rework=[], variants=[])
    (named,) = [one for one in READS.further(result) if one.table.rest]
    assert (len(named.table.rows), named.table.first, named.table.rest) == (9, first, f"Show {9 - first} more differences")


def test_the_label_of_a_short_bar_stands_behind_it_in_the_colour_of_texts() -> None:
    assert bar_label("9 · 90%", 0.9, DARK) == {"formatter": "9 · 90%"}
    assert bar_label("1 · 10%", 0.1, DARK) == {"formatter": "1 · 10%", "position": "right", "color": DARK.text}
    assert bar_label("0 · –", None, DARK)["position"] == "right"
