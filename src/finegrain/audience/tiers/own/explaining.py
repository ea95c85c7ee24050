"""Why a person is in a tier of a scheme of one's own: the rules before it that failed, the one that held, and what is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.access.masking import mask_traits, masking
from finegrain.audience.rules.explaining import explain
from finegrain.audience.rules.turns import turns
from finegrain.audience.tiers.contract import ExplainedFigure, Explanation
from finegrain.audience.tiers.own.sorting import rules_of
from finegrain.i18n import _
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.rules.evaluating import Evaluation
    from finegrain.audience.rules.explaining import RuleExplanation
    from finegrain.audience.tiers.own.contract import OwnScheme


def explain_tier(scheme: OwnScheme, person_id: int, as_of: datetime, at: Callable[[datetime], Evaluation]) -> Explanation:
    """Explain one person's tier, in the reader's language.

    Args:
        scheme: the scheme.
        person_id: the person's id.
        as_of: the moment.
        at: gives the evaluation of this person alone as of this moment or a later one, if nothing happens until then.
    """
    rules, evaluation = rules_of(scheme), at(as_of)
    place = int(evaluation.first_of(rules)[0])
    move = _next_move(rules, place, evaluation, at)
    figures = tuple(_figure(label, rule, evaluation) for label, rule in zip(scheme.labels, rules[: place + 1], strict=False))
    return Explanation(
        scheme=scheme.name,
        person_id=person_id,
        tier=scheme.keys[place],
        tier_name=scheme.labels[place],
        figures=figures,
        moves_to=scheme.keys[move[1]] if move else None,
        moves_to_name=scheme.labels[move[1]] if move else None,
        moves_at=move[0] if move else None,
        note=_("Assumes that nothing else happens with this person."),
    )


def _next_move(
    rules: tuple[Rule, ...], place: int, evaluation: Evaluation, at: Callable[[datetime], Evaluation]
) -> tuple[datetime, int] | None:
    for instant in sorted({instant for rule in rules for instant in turns(evaluation.ground, rule)}):
        later = int(at(from_us(instant)).first_of(rules)[0])
        if later != place:
            return from_us(instant), later
    return None


def _figure(label: str, rule: Rule, evaluation: Evaluation) -> ExplainedFigure:
    # The time at which each single rule turns is not asked for: that of the tier is.
    found = explain(rule, 0, evaluation.ground.moment.as_of, lambda _later: evaluation)
    if masking():
        found = found.masked(lambda trait, value: str(mask_traits({trait: value})[trait]))
    return ExplainedFigure(label, _("met") if found.holds else _("not met"), _told(found))


def _told(found: RuleExplanation) -> str:
    """Give the conditions that decide: those that would have to change, else all, each with what there is of the person."""
    shown = [one for one in found.conditions if one.node in found.to_change] or list(found.conditions)
    return _("; ").join(_("{condition}: {actual}", condition=one.sentence, actual=one.actual) for one in shown)
