"""Why one person meets a rule or does not: what each condition found, what would have to change, when time alone will."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from finegrain.audience.rules.actual import actual
from finegrain.audience.rules.contract import All, AnyOf, HasTrait, Not
from finegrain.audience.rules.reading import joined, walk
from finegrain.audience.rules.sentences import sentence
from finegrain.audience.rules.turns import turns
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.rules.evaluating import Evaluation


@dataclass(frozen=True)
class ConditionVerdict:
    """What one condition found of the person.

    Attributes:
        node: its path in the rule; empty where it is the whole rule.
        sentence: the condition in the reader's language.
        actual: what there is of the person, in the reader's language.
        holds: whether the condition is met.
        trait: the name of the trait whose value ``actual`` is; empty where it is none.
    """

    node: str
    sentence: str
    actual: str
    holds: bool
    trait: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {"node": self.node, "sentence": self.sentence, "actual": self.actual, "holds": self.holds}


@dataclass(frozen=True)
class RuleExplanation:
    """Why a person meets a rule, or does not.

    Attributes:
        person_id: the person's id.
        as_of: the moment as of which; aware, in UTC.
        holds: whether the rule is met.
        sentence: the rule in the reader's language.
        conditions: all of them, in order.
        to_change: nodes of the fewest conditions that have to say the opposite for the rule to do so; empty where none do.
        changes_at: when time alone makes the rule say the opposite, if nothing else happens; None for never.
    """

    person_id: int
    as_of: datetime
    holds: bool
    sentence: str
    conditions: tuple[ConditionVerdict, ...]
    to_change: tuple[str, ...]
    changes_at: datetime | None

    def masked(self, mask: Callable[[str, str], str]) -> RuleExplanation:
        """Give the same with the values of traits as ``mask`` gives them, told a trait's name and its value."""
        parts = (replace(one, actual=mask(one.trait, one.actual)) if one.trait else one for one in self.conditions)
        return replace(self, conditions=tuple(parts))

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "person_id": self.person_id,
            "as_of": self.as_of.isoformat(),
            "holds": self.holds,
            "sentence": self.sentence,
            "conditions": [one.to_dict() for one in self.conditions],
            "to_change": list(self.to_change),
            "changes_at": None if self.changes_at is None else self.changes_at.isoformat(),
        }


def explain(rule: Rule, person_id: int, as_of: datetime, at: Callable[[datetime], Evaluation]) -> RuleExplanation:
    """Explain a rule for one person, in the reader's language.

    Args:
        rule: the rule; checked before.
        person_id: the person's id.
        as_of: the moment.
        at: gives the evaluation of this person alone as of this moment or a later one, if nothing happens until then.
    """
    evaluation = at(as_of)
    holds = evaluation.passing(rule).has(0)
    verdicts = tuple(
        ConditionVerdict(
            node,
            sentence(one),
            actual(evaluation, one),
            evaluation.passing(one).has(0),
            one.trait if isinstance(one, HasTrait) else "",
        )
        for node, one in walk(rule)
    )
    return RuleExplanation(
        person_id=person_id,
        as_of=as_of,
        holds=holds,
        sentence=sentence(rule),
        conditions=verdicts,
        to_change=_to_change(rule, "", evaluation) or (),
        changes_at=_changes_at(rule, evaluation, at),
    )


def _changes_at(rule: Rule, evaluation: Evaluation, at: Callable[[datetime], Evaluation]) -> datetime | None:
    holds = evaluation.passing(rule).has(0)
    for instant in turns(evaluation.ground, rule):
        if at(from_us(instant)).passing(rule).has(0) != holds:
            return from_us(instant)
    return None


def _to_change(rule: Rule, path: str, evaluation: Evaluation) -> tuple[str, ...] | None:
    """Give the nodes of the fewest conditions whose opposite turns the rule around; None where nothing does."""
    if isinstance(rule, Not):
        return _to_change(rule.rule, joined(path, "not"), evaluation)
    if not isinstance(rule, All | AnyOf):
        return (path,)
    name = "all" if isinstance(rule, All) else "any"
    holds = evaluation.passing(rule).has(0)
    parts = [
        _to_change(part, joined(path, f"{name}[{place}]"), evaluation)
        for place, part in enumerate(rule.rules)
        if evaluation.passing(part).has(0) == holds
    ]
    turning = [part for part in parts if part is not None]
    if holds == isinstance(rule, All):
        return min(turning, key=len, default=None)  # one suffices
    # A part without conditions says the same for ever.
    return tuple(node for part in turning for node in part) if len(turning) == len(parts) else None
