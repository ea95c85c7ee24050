"""The board: a card for each goal, narrowed by state and by people; suggestions where there is none."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.goals.address import WIZARD, goal_url
from finegrain.console.pages.goals.bar import mark, progress_bar
from finegrain.console.pages.goals.suggested import show_suggestions
from finegrain.console.pages.goals.words import LOOKS, days_text, figure, metric_text, state_pill, whom_text
from finegrain.console.widgets.formats import money, number
from finegrain.console.widgets.pickers import segmented
from finegrain.console.widgets.rights import may
from finegrain.console.widgets.states import button_link, empty_state
from finegrain.i18n import _
from finegrain.strategy.goals.progress import STATE_LABELS, baseline_gap

if TYPE_CHECKING:
    from finegrain.console.pages.goals.bar import Mark
    from finegrain.console.pages.goals.reading import BoardView
    from finegrain.strategy.goals.progress import Progress

ALL = "all"


class Board:
    """The cards, and what narrows them; all cards are drawn once and hidden in place.

    Args:
        view: what is shown.
    """

    def __init__(self, view: BoardView) -> None:
        self._view = view
        self._state, self._whom = ALL, ALL
        if not view.goals:
            _nothing_yet(view)
            return
        self._filters()
        with ui.element("ul").classes("fg-goals"):
            self._cards = [(progress, self._card(progress)) for progress in view.goals]
        self._nothing = empty_state("filter_alt_off", _("No goal is like that"), _("Choose another state, or other people."))
        self._narrow()

    def _filters(self) -> None:
        counts = Counter(progress.state for progress in self._view.goals)
        states: dict[str, str] = {state: f"{_(STATE_LABELS[state])} {counts[state]}" for state in LOOKS if counts[state]}
        whoms = {whom_text(progress.goal.whom, self._view.names) for progress in self._view.goals}
        with ui.element("div").classes("fg-row fg-goal-filters"):
            segmented({ALL: _("All {n}", n=number(len(self._view.goals))), **states}, ALL, self._by_state, label=_("State"))
            if len(whoms) > 1:
                choices = {ALL: _("All people"), **{whom: whom for whom in sorted(whoms)}}
                people = ui.select(choices, value=ALL, on_change=lambda event: self._by_whom(event.value))
                people.classes("fg-goal-whom").props["aria-label"] = _("People")

    def _by_state(self, state: str) -> None:
        self._state = state
        self._narrow()

    def _by_whom(self, whom: str) -> None:
        self._whom = whom
        self._narrow()

    def _narrow(self) -> None:
        shown = 0
        for progress, box in self._cards:
            fits = self._state in {ALL, progress.state}
            fits = fits and self._whom in {ALL, whom_text(progress.goal.whom, self._view.names)}
            box.set_visibility(fits)
            shown += fits
        self._nothing.set_visibility(not shown)

    def _card(self, progress: Progress) -> ui.element:
        goal, currency = progress.goal, workspace().currency
        with ui.element("li") as item, ui.element("a").classes("fg-card fg-goal-card") as link:
            link.props["href"] = goal_url(goal)
            with ui.element("div").classes("fg-goal-head"):
                with ui.element("h2").classes("fg-h2"):
                    ui.label(goal.name)
                state_pill(progress.state)
            whom = whom_text(goal.whom, self._view.names)
            ui.label(_("{whom} · {metric}", whom=whom, metric=metric_text(goal.metric, self._view.names))).classes("fg-hint")
            progress_bar(progress, currency)
            _figures(progress, currency)
            gap = baseline_gap(goal)
            if gap is not None:
                ui.label(gap.text()).classes("fg-hint")
            _foot(progress, currency)
        return item


def _figures(progress: Progress, currency: str) -> None:
    goal, found = progress.goal, progress.forecast
    expected = found.value if found else None
    figures: tuple[tuple[Mark, str, float | None], ...] = (
        ("baseline", _("Baseline"), goal.baseline),
        ("now", _("Now"), progress.value),
        ("expected", _("Expected"), expected),
        ("target", _("Target"), goal.target),
    )
    with ui.element("dl").classes(f"fg-goal-figures fg-goal-{LOOKS[progress.state].tone}"):
        for kind, label, value in figures:
            with ui.element("div"):
                with ui.element("dt"):
                    if value is not None:
                        mark(kind)
                    ui.label(label)
                with ui.element("dd").classes("fg-num"):
                    ui.label(figure(value, goal.metric.unit, currency, short=True))


def _foot(progress: Progress, currency: str) -> None:
    goal = progress.goal
    with ui.element("div").classes("fg-goal-foot"):
        _quiet("schedule", days_text(progress))
        if goal.owner:
            _quiet("person", goal.owner)
        if goal.budget_minor is not None:
            _quiet("payments", money(goal.budget_minor, currency))


def _quiet(icon: str, text: str) -> None:
    with ui.element("span"):
        ui.icon(icon).props('aria-hidden="true"')
        ui.label(text)


def _nothing_yet(view: BoardView) -> None:
    def ways() -> None:
        if may("goal:write"):
            button_link(_("New goal"), WIZARD, icon="add")
        button_link(_("Look at the tiers"), "/tiers", icon="layers", primary=False)

    empty_state(
        "flag",
        _("There are no goals yet"),
        _(
            "A goal says which figure of which people is to reach which value by which day: such as a second order of 25% of "
            "those with one, within 30 days. It is measured every day, and a forecast says in time whether it will be missed."
        ),
        actions=ways,
    )
    show_suggestions(view.suggestions, view.notes)
