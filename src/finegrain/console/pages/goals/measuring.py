"""What the wizard asks the data about: the baseline, and what is suggested for the people chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finegrain.console.pages.analysis.catalogue import Catalogue
from finegrain.console.pages.goals.draft import KEY, GoalDraft

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from finegrain.access.drafts.contract import Draft
    from finegrain.strategy.goals.contract import Goal
    from finegrain.strategy.goals.suggesting import GoalSuggestion
    from finegrain.workspace import Workspace


@dataclass(frozen=True)
class Start:
    """With what the wizard opens.

    Attributes:
        draft: what stands in the fields.
        catalogue: what can be chosen.
        as_of: the present.
        restored: the draft that was kept; None for a new one.
    """

    draft: GoalDraft
    catalogue: Catalogue
    as_of: datetime
    restored: Draft | None


@dataclass(frozen=True)
class Measured:
    """What the data say to a draft.

    Attributes:
        goal: with its baseline and the number of its people; None while it cannot be measured.
        suggestion: what is suggested for the tier; None where nothing is.
        notes: why nothing is.
    """

    goal: Goal | None
    suggestion: GoalSuggestion | None
    notes: tuple[str, ...]


def start(ws: Workspace, query: Mapping[str, str]) -> Start:
    """Open the wizard: as a link says, else with what was kept, else anew."""
    as_of = ws.as_of()
    today = ws.zone.day_of(as_of)
    kept = None if query else ws.drafts.get(KEY)
    draft = GoalDraft.linked(query, today, ws.currency) if query else GoalDraft.kept(kept.content if kept else {}, today)
    return Start(draft, Catalogue(ws).read([draft.event]), as_of, kept)


def measure(ws: Workspace, draft: GoalDraft, as_of: datetime) -> Measured:
    """Measure a draft, and suggest a target for its tier.

    Raises:
        FinegrainError: something in it cannot be measured.
    """
    if not draft.is_measurable:
        return Measured(None, None, ())
    goal = ws.goals.measure(draft.goal("", ws.currency), as_of)
    scheme, _slash, key = goal.whom.tier.partition("/")
    if not scheme:
        return Measured(goal, None, ())
    found = ws.goals.suggest(scheme, as_of, days=goal.days)
    suggestion = next((one for one in found.suggestions if one.tier == goal.whom.tier), None)
    name = ws.tiering.compute(scheme, as_of).tier(key).name
    notes = () if suggestion else tuple(note.text() for note in found.note_templates if note.facts.get("tier", name) == name)
    return Measured(goal, suggestion, notes)
