"""The side of the wizard: the goal in one sentence, what is still missing, and the button that sets it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.goals.amounts import untyped
from finegrain.console.pages.goals.words import figure, metric_text
from finegrain.console.widgets.cards import card
from finegrain.i18n import _
from finegrain.strategy.goals.contract import UNITS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from finegrain.console.drafting import DraftKeeper
    from finegrain.console.pages.goals.draft import GoalDraft
    from finegrain.strategy.goals.contract import Goal

LONGEST_NAME = 100
_COUNT = re.compile(r"\s*[(（][\d,]+[)）]$")


class Review:
    """The card.

    Args:
        on_set: sets the goal.
        drafts: says here whether the draft is kept.
    """

    def __init__(self, on_set: Callable[[], Awaitable[object]], drafts: DraftKeeper) -> None:
        self.name = ""
        with card(_("The goal in short"), classes="fg-goal-review"):
            self._sentence = ui.label().classes("fg-goal-sentence").props("aria-live=polite")
            self._missing = ui.label().classes("fg-hint")
            self._doubt = ui.label().classes("fg-warn")
            self._problem = ui.label().classes("fg-bad").props("role=alert")
            self._button = ui.button(_("Set the goal"), icon="flag", on_click=on_set)
            drafts.tell()
        self._doubt.set_visibility(False)
        self.complain("")

    def say(self, draft: GoalDraft, names: Mapping[str, str]) -> None:
        """Say the goal as it stands in the fields, and what is missing."""
        self.complain("")
        whom = draft.whom_of
        people = bare(names.get(whom.tier, whom.tier)) if whom.tier else whom.segment
        metric = metric_text(draft.metric_of, {key: bare(name) for key, name in names.items()})
        self.name = _("{whom} · {metric}", whom=people, metric=metric)[:LONGEST_NAME]
        missing = _missing(draft)
        self._missing.text = _("Still missing: {what}", what=_(", ").join(missing)) if missing else ""
        self._missing.set_visibility(bool(missing))
        self._button.set_enabled(not missing)
        unit = UNITS[draft.metric]
        currency = workspace().currency
        target = "…" if draft.target is None else figure(untyped(draft.target, unit, currency), unit, currency)
        self._sentence.text = _(
            "{whom}: {metric} is to reach {target} from {first} to {last}.",
            whom=people or "…",
            metric=metric,
            target=target,
            first=draft.first or "…",
            last=draft.last or "…",
        )

    def show(self, goal: Goal | None, draft: GoalDraft) -> None:
        """Warn of a target that the baseline reaches already; ``goal`` is the measured one, where there is any."""
        doubtful = goal is not None and goal.baseline is not None and draft.target is not None and draft.metric != "tier_share"
        if goal is not None and doubtful:
            doubtful = untyped(draft.target or 0.0, goal.metric.unit, workspace().currency) <= (goal.baseline or 0.0)
        self._doubt.text = (
            _("The target does not lie above the baseline: such people reach it by themselves.") if doubtful else ""
        )
        self._doubt.set_visibility(doubtful)

    def complain(self, problem: str) -> None:
        """Say why the goal could not be set; nothing when empty."""
        self._problem.text = problem
        self._problem.set_visibility(bool(problem))


def bare(name: str) -> str:
    """Give the name of a tier without the number of its people.

    Examples:
        >>> bare("Value · High (120)"), bare("High")
        ('Value · High', 'High')
    """
    return _COUNT.sub("", name)


def _missing(draft: GoalDraft) -> list[str]:
    wanted = (
        (draft.whom, _("people")),
        (draft.event or draft.metric != "conversion", _("an event")),
        (draft.in_tier or draft.metric != "tier_share", _("a tier")),
        (draft.target is not None, _("a target")),
        (draft.first and draft.last, _("days")),
    )
    return [name for there, name in wanted if not there]
