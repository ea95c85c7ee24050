"""What the goals pages show, read off the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finegrain.console.pages.people.rows import scheme_labels
from finegrain.errors import FinegrainError
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from finegrain.audience.tiers.contract import SchemeName
    from finegrain.strategy.goals.contract import Goal
    from finegrain.strategy.goals.progress import Progress
    from finegrain.strategy.goals.suggesting import GoalSuggestion
    from finegrain.workspace import Workspace

SUGGESTED_SCHEME: SchemeName = "frequency"
"""Whose tiers are offered goals on a board without any: its steps are the orders themselves, which need no thresholds."""


@dataclass(frozen=True)
class BoardView:
    """All goals.

    Attributes:
        goals: the one that ends first before the others.
        as_of: the moment, aware.
        names: of the tiers that goals name, by ``scheme/key``, in the reader's language.
        suggestions: where there is no goal yet.
        notes: why none are suggested, or not for all tiers.
    """

    goals: tuple[Progress, ...]
    as_of: datetime
    names: Mapping[str, str]
    suggestions: tuple[GoalSuggestion, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class GoalView:
    """One goal.

    Attributes:
        progress: how far it is.
        names: of the tiers that it names, by ``scheme/key``, in the reader's language.
    """

    progress: Progress
    names: Mapping[str, str]


def load_board(ws: Workspace) -> BoardView:
    """Measure all goals; suggest some where there are none."""
    as_of = ws.as_of()
    goals = ws.goals.board(as_of)
    names = tier_names(ws, as_of, (progress.goal for progress in goals))
    if goals:
        return BoardView(goals, as_of, names)
    found = ws.goals.suggest(SUGGESTED_SCHEME, as_of)
    return BoardView((), as_of, names, found.suggestions, found.notes)


def load_goal(ws: Workspace, number: int) -> GoalView:
    """Measure one goal."""
    as_of = ws.as_of()
    progress = ws.goals.progress(number, as_of)
    return GoalView(progress, tier_names(ws, as_of, [progress.goal]))


def tier_names(ws: Workspace, as_of: datetime, goals: Iterable[Goal]) -> dict[str, str]:
    """Give ``scheme/key`` → ``scheme · tier`` in the reader's language, of the schemes that are named and not gone."""
    names, labels = dict[str, str](), scheme_labels(ws)
    tiers_named = {tier for goal in goals for tier in (goal.whom.tier, goal.metric.tier) if tier}
    for scheme in {tier.partition("/")[0] for tier in tiers_named}:
        try:
            tiers = ws.tiering.compute(scheme, as_of).tiers
        except FinegrainError:  # somebody deleted it; the goal then stands under the key
            continue
        label = labels.get(scheme, scheme)
        names |= {f"{scheme}/{tier.key}": _("{scheme} · {tier}", scheme=label, tier=_(tier.name)) for tier in tiers}
    return names
