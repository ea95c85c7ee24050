"""How an answer came about: events and people at each stage, from all that happened in the period to what the question counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from finegrain.behaviour.queries.reading import events_of
from finegrain.behaviour.trends.query import Series, TrendsQuery
from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.answers import ANSWERS
from finegrain.console.pages.analysis.words import shown_event
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import moment, number, percent
from finegrain.console.widgets.loading import report
from finegrain.console.widgets.states import error_state, skeleton
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.behaviour.queries.contract import EventMatch, Query
    from finegrain.console.pages.analysis.answering import Answer

_PAIR = 2
_MOST_PAIRS = 12
"""Events counted by one query: each takes two of its 26 lines."""


@dataclass(frozen=True)
class Stage:
    """One stage: what is still counted there, and why the rest is not.

    Attributes:
        label: what the stage is, in the reader's language.
        events, people: in the period.
        without: why what was there a stage before is no more; empty where nothing is left out.
        within: whether it stands beside others of its rank, as the events of a question do.
    """

    label: str
    events: int
    people: int
    without: str = ""
    within: bool = False


def stages_of(answer: Answer) -> list[Stage]:
    """Count events and people from all of the period down to each event of the question.

    Every number is counted by the engine for this purpose, over the same period and moment as the answer.
    """
    query: Query = answer.result.asked.query
    base = TrendsQuery(series=(), period=query.period, granularity="quarter")
    (whole,) = _counted(answer, base, [Series("*")])
    stages = [Stage(_("Everything in the period"), *whole)]
    if query.audience is not None:
        base = replace(base, audience=query.audience)
        (inside,) = _counted(answer, base, [Series("*")])
        gone = number(whole[1] - inside[1])
        stages.append(Stage(_("Of the audience"), *inside, _("{n} people are not in it", n=gone)))
    if query.filters:
        base = replace(base, filters=query.filters)
        (passing,) = _counted(answer, base, [Series("*")])
        gone = number(stages[-1].events - passing[0])
        stages.append(Stage(_("Meets the conditions on all events"), *passing, _("{n} events do not", n=gone)))
    named = [event for _field, event in events_of(query)]
    counts = _counted(answer, base, [Series(event.event, event.filters, event.match) for event in named])
    return stages + [Stage(_event(event), *found, within=True) for event, found in zip(named, counts, strict=True)]


def _event(event: EventMatch) -> str:
    name = shown_event(event.name)
    return _("{event}, with its conditions", event=name) if event.filters else name


def _counted(answer: Answer, base: TrendsQuery, series: Sequence[Series]) -> list[tuple[int, int]]:
    """Give events and people of each series."""
    found = []
    for start in range(0, len(series), _MOST_PAIRS):
        asked = [each for one in series[start : start + _MOST_PAIRS] for each in (one, replace(one, measure="unique"))]
        lines = workspace().queries.trends(replace(base, series=tuple(asked)), answer.as_of).total.lines
        totals = [int(line.total or 0) for line in lines]
        found += list(zip(totals[::_PAIR], totals[1::_PAIR], strict=True))
    return found


class ExplainPanel:
    """A card that is folded in until it is asked for; what it says is counted only then."""

    def __init__(self) -> None:
        self._answer: Answer | None = None
        self._turn = 0
        with (
            card(classes="fg-explain"),
            ui.expansion(_("How this was counted"), icon="rule").props("dense") as self._fold,
        ):
            self._body = ui.element("div").classes("fg-stack")
        self._fold.on_value_change(lambda event: self._load() if event.value else None)

    def show(self, answer: Answer) -> None:
        """Explain another answer."""
        self._answer = answer
        if self._fold.value:
            self._load()

    def _load(self) -> None:
        if self._answer is None:
            return
        self._turn += 1
        self._body.clear()
        with self._body:
            skeleton("120px", lines=4)
        background_tasks.create(self._count(self._turn, self._answer), name="explain an answer", context=self._body)

    async def _count(self, turn: int, answer: Answer) -> None:
        try:
            stages = await work(stages_of, answer)
        except Exception as error:  # noqa: BLE001 - whatever it was, the page must say so
            failure = report(error)
            self._fill(turn, lambda: error_state(failure))
        else:
            self._fill(turn, lambda: _draw(answer, stages))

    def _fill(self, turn: int, draw: Any) -> None:
        if turn != self._turn or self._body.is_deleted:
            return
        self._body.clear()
        with self._body:
            draw()


def _draw(answer: Answer, stages: Sequence[Stage]) -> None:
    with ui.element("ol").classes("fg-stages"):
        for stage in stages:
            _draw_stage(stage, stages[0])
    asked, zone = answer.result.asked, workspace().zone
    with ui.element("div").classes("fg-stack fg-explain-notes"):
        for note in ANSWERS[answer.address.kind].notes(answer.result):
            ui.label(note)
        period = {"first": asked.first, "last": asked.last, "zone": asked.zone}
        ui.label(_("Days from {first} to {last}, both included, as {zone} counts them.", **period))
        ui.label(_("Nothing is estimated or sampled. As of {moment}; took {ms} ms.", **_when(answer, moment(answer.as_of, zone))))


def _when(answer: Answer, at: str) -> dict[str, str]:
    return {"moment": at, "ms": number(answer.seconds * 1000)}


def _draw_stage(stage: Stage, whole: Stage) -> None:
    share = stage.events / whole.events if whole.events else 0.0
    with ui.element("li").classes("fg-stage" + (" fg-stage-within" if stage.within else "")):
        with ui.element("div").classes("fg-stage-line"):
            ui.label(stage.label).classes("fg-stage-label")
            ui.label(_("{n} events", n=number(stage.events))).classes("fg-num")
            ui.label(_("{n} people", n=number(stage.people))).classes("fg-num fg-muted")
            ui.label(percent(share)).classes("fg-num fg-muted fg-stage-share")
        with ui.element("div").classes("fg-meter").props('aria-hidden="true"'):
            ui.element("div").style(f"width:{share * 100:.2f}%")
        if stage.without:
            ui.label(stage.without).classes("fg-hint")
