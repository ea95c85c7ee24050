"""The cases of a process against the slow twin, over made-up logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.twins.logs import AS_OF, PERIOD, embedded_world, event_logs
from tests.twins.process import TwinProcess, person_of
from tests.twins.questions import matchers, whom

from finegrain.behaviour.process.contract import Cases, Split, steps_of
from finegrain.behaviour.process.query import ProcessQuery
from finegrain.behaviour.process.result import ProcessResult, process_result
from finegrain.behaviour.queries.reading import read_query
from finegrain.behaviour.queries.result import groups_of

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening

splits = st.lists(
    st.sampled_from([{"property": "kind", "limit": 1}, {"property": "price", "limit": 9}, {"property": "city", "of": "person"}]),
    max_size=2,
)


@st.composite
def processes(draw: st.DrawFn) -> dict[str, Any]:
    """Processes of two to four steps."""
    return {
        **draw(whom),
        "steps": draw(st.lists(matchers, min_size=2, max_size=4)),
        "period": draw(st.sampled_from([PERIOD, "all", "2024-04-03..2024-04-05"])),
        "window": draw(st.sampled_from(["20m", "1h", "1d", "3d"])),
        "value": draw(st.sampled_from(["", "price"])),
        "breakdowns": draw(splits),
        "variants": draw(st.integers(1, 3)),
    }


@given(log=event_logs(), query=processes())
def test_cases_are_the_twins(log: list[Happening], query: dict[str, Any]) -> None:
    here = embedded_world(log)
    asked = read_query(ProcessQuery, query)
    scope = here.service.scope(asked, AS_OF)
    cases = here.engine.process(scope, asked)
    twin = TwinProcess(asked, scope)
    expected, still_open = twin.cases(log)
    told = sorted(
        (one.times, one.seen, *one.way, sorted(one.rework), repr(twin.amount(one)) if asked.value else "None") for one in expected
    )
    assert sorted(rows_of(cases)) == told
    assert cases.still_open == still_open
    if asked.unit != "groups":
        assert cases.person_id.tolist() == sorted(person_of(one) for one in expected)
    for split in cases.splits:
        valued = [twin.groups(one, split.breakdown) for one in expected]
        names = split.names.named
        folded = [tuple(value if value in names or value is None else "…" for value in values) for values in valued]
        assert sorted(map(repr, groups_by_case(cases, split))) == sorted(map(repr, folded))


def rows_of(cases: Cases) -> list[Any]:
    kinds = {0: "returned", 1: "repeated"}
    again: list[list[Any]] = [[] for _ in cases.level]
    for case, step, kind, times, length_us in zip(*(part.tolist() for part in vars(cases.rework).values()), strict=True):
        again[case].append((step + 1, kinds[kind], times, length_us))
    return [
        (
            tuple(cases.time_us[row, :level].tolist()),
            tuple(step for step in range(1, level + 1) if int(cases.seen[row]) >> (step - 1) & 1),
            *steps_of(cases.ways[cases.variant[row]]),
            sorted(again[row]),
            "None" if np.isnan(cases.amount[row]) else repr(float(cases.amount[row])),
        )
        for row, level in enumerate(cases.level.tolist())
    ]


def groups_by_case(cases: Cases, split: Split) -> list[tuple[str | None, ...]]:
    names = [{"value": one.value, "other": "…", "none": None}.get(one.kind) for one in groups_of(split.names)]
    return [tuple(names[group] for group in split.group[row, :level]) for row, level in enumerate(cases.level.tolist())]


def answer(log: list[Happening], query: dict[str, Any]) -> ProcessResult:
    """Answer past the door, which refuses events that the made-up log happens to lack."""
    here, asked = embedded_world(log), read_query(ProcessQuery, query)
    scope = here.service.scope(asked, AS_OF)
    return process_result(asked, scope, here.engine.process(scope, asked))


@given(log=event_logs(), query=processes())
def test_the_count_of_people_is_the_list_and_counts_never_rise(log: list[Happening], query: dict[str, Any]) -> None:
    result = answer(log, {**query, "unit": "people"})
    cases = [step.cases for step in result.steps]
    assert cases == sorted(cases, reverse=True)
    for step in result.steps:
        assert len(result.people(step.number)) == step.people
        assert len(result.people(step.number, "dropped")) == step.dropped_people
        assert len(result.people(step.number, "lost")) == step.lost_people <= step.dropped_people
    for one in result.rework:
        assert len(result.people(one.step, one.kind)) == one.people
    for place, variant in enumerate(result.variants):
        assert len(result.people(variant=place)) == variant.people
    for place, split in enumerate(result.splits):
        for number, group in enumerate(split.groups):
            for at, figures in enumerate(group.steps, 1):
                assert len(result.people(at, split=place, group=number)) == figures.people
                assert len(result.people(at, "lost", split=place, group=number)) == figures.lost_people


@given(log=event_logs(), query=processes())
def test_every_case_drops_once_or_is_completed(log: list[Happening], query: dict[str, Any]) -> None:
    result = answer(log, query)
    assert sum(step.dropped for step in result.steps) + result.completions.cases == result.steps[0].cases
    assert sum(variant.cases for variant in result.variants) == result.steps[0].cases
    for split in result.splits:
        for number, step in enumerate(result.steps[:-1]):
            assert sum(group.steps[number].cases for group in split.groups) == step.cases
