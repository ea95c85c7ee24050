"""The wizard: whom, which figure, which days, which target, who answers for it; measured and kept while it is filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.drafting import DraftKeeper
from finegrain.console.holder import workspace
from finegrain.console.pages.goals.address import WIZARD, goal_url
from finegrain.console.pages.goals.amounts import typed
from finegrain.console.pages.goals.draft import KEY
from finegrain.console.pages.goals.measuring import Measured, Start, measure, start
from finegrain.console.pages.goals.review import Review
from finegrain.console.pages.goals.target import TargetPart
from finegrain.console.pages.goals.what import WhatPart
from finegrain.console.pages.goals.who import AnswerPart, DaysPart, WhomPart
from finegrain.console.text import work
from finegrain.console.widgets.latest import Latest
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.states import skeleton
from finegrain.errors import FinegrainError
from finegrain.i18n import current_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finegrain.console.widgets.latest import Settle
    from finegrain.strategy.goals.contract import Metric
    from finegrain.strategy.goals.suggesting import GoalSuggestion


def show_wizard(query: Mapping[str, str]) -> None:
    """Draw the wizard once its choices are read."""
    Loaded(lambda: start(workspace(), query), Wizard, waiting=lambda: skeleton("480px", lines=9))


class Wizard:
    """The fields, drawn once and changed in place, so that what is being typed stays.

    Args:
        begun: with what it opens.
    """

    def __init__(self, begun: Start) -> None:
        self._draft, self._as_of = begun.draft, begun.as_of
        self._names = begun.catalogue.tiers
        with ui.element("div").classes("fg-goal-page") as self._box:
            with ui.element("div").classes("fg-stack fg-goal-form"):
                self._drafts = DraftKeeper(KEY, load_anew=lambda: ui.navigate.to(WIZARD))
                if begun.restored:
                    self._drafts.offer(begun.restored)
                self._whom = WhomPart(self._draft, begun.catalogue, self._edited)
                self._what = WhatPart(self._draft, begun.catalogue, self._edited)
                self._days = DaysPart(self._draft, self._edited)
                self._target = TargetPart(self._draft, self._edited, self._take)
                self._answer = AnswerPart(self._draft, self._edited)
            self._review = Review(self._set, self._drafts)
        self._latest = Latest(self._box, self._fail, task="measure a goal")
        self._remeasure(pause=False)

    def _edited(self) -> None:
        self._drafts.changed(self._draft.content())
        self._remeasure()

    def _remeasure(self, *, pause: bool = True) -> None:
        self._what.fit()
        self._target.fit()
        self._review.say(self._draft, self._names)
        self._latest.ask(self._measure, pause=pause)

    async def _measure(self, settle: Settle) -> None:
        self._target.wait(measurable=self._draft.is_measurable)
        found = await work(measure, workspace(), self._draft, self._as_of)
        settle(lambda: self._show(found))

    def _show(self, found: Measured) -> None:
        self._target.show(found)
        self._review.show(found.goal, self._draft)

    def _fail(self, error: Exception) -> None:
        self._target.fail(error)
        self._review.show(None, self._draft)

    def _take(self, suggestion: GoalSuggestion) -> None:
        metric: Metric = suggestion.metric
        self._draft.target = typed(suggestion.target, metric.unit, workspace().currency)
        self._draft.filters = None
        self._what.put(metric)
        self._target.put(self._draft.target)
        self._edited()

    async def _set(self) -> None:
        ws, draft = workspace(), self._draft
        self._latest.drop()
        name = draft.name.strip() or self._review.name
        try:
            made = await work(lambda: ws.goals.add(draft.goal(name, ws.currency), self._as_of))
        except FinegrainError as error:
            self._review.complain(error.message(current_language()))
            return
        await self._drafts.drop()
        ui.navigate.to(goal_url(made))
