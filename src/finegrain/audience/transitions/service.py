"""Transitions for a workspace: told by history what turned, it stores an event for each person who moved, once."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.audience.rules.reading import walk
from finegrain.audience.rules.sentences import sentence
from finegrain.audience.transitions.finding import Finding
from finegrain.audience.transitions.outbox import Outbox
from finegrain.i18n import _, speaking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from finegrain.audience.history.service import Turn
    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.rules.evaluating import Evaluation
    from finegrain.audience.rules.service import RuleService
    from finegrain.audience.segments.service import SegmentService
    from finegrain.audience.transitions.contract import Reason, Transition
    from finegrain.clock import Clock
    from finegrain.people.service import PeopleService
    from finegrain.store.events import EventStore
    from finegrain.store.ops import OpsStore

LIVE = timedelta(hours=1)
"""How far from now the moment of a state may lie; figures of the past move nobody."""


class TransitionService:
    """Stores transitions as events. Safe to use from several threads.

    Args:
        ops: where they wait until they are stored.
        events: where they go.
        people: who has which number now.
        rules: who meets which rule.
        segments: whose rules say why.
        clock: where the time comes from.
        enabled: whether events are stored at all.
        language: in which reasons are written.
    """

    def __init__(
        self,
        ops: OpsStore,
        events: EventStore,
        people: PeopleService,
        rules: RuleService,
        *,
        segments: SegmentService,
        clock: Clock,
        enabled: bool,
        language: str,
    ) -> None:
        self._outbox = Outbox(ops, events, clock)
        self._people = people
        self._rules = rules
        self._segments = segments
        self._clock = clock
        self._enabled = enabled
        self._language = language

    def prepare(self, turns: Sequence[Turn], evaluation: Evaluation) -> Callable[[Session], None]:
        """Find who moved, and give what writes their events, in the transaction that keeps the new state.

        Nobody moves while figures are of the past: then an import changes what is known, and nothing happens.
        """
        live = abs(self._clock.now() - evaluation.ground.moment.as_of) <= LIVE
        if not (turns and live and self._enabled):
            return partial(_put, rows=())
        rules, _failed = self._segments.kept.rules()
        found = list(Finding(evaluation, self._rules, self._people, rules).among(turns))
        return partial(_put, rows=self._rows(found, rules))

    def kept(self) -> None:
        """Store what waits, once the new state is kept."""
        self.send()

    def send(self) -> int:
        """Store the events that wait, also those that a crash left; give how many were new."""
        return self._outbox.send()

    def waiting(self) -> int:
        """Give how many events wait to be stored; none but after a crash, or while the event store refuses."""
        return self._outbox.waiting()

    def _rows(self, found: Sequence[Transition], rules: Mapping[str, Rule]) -> list[dict[str, Any]]:
        ids, now = self._ids(found), self._clock.now()
        told = self._properties(found, rules)
        return [
            {
                "message_id": _message_id(one, told[_alike(one)]),
                "distinct_id": ids[one.person_id],
                "event": one.event,
                "time": now,
                "properties": told[_alike(one)],
            }
            for one in found
            if one.person_id in ids
        ]

    def _properties(self, found: Sequence[Transition], rules: Mapping[str, Rule]) -> dict[tuple[object, ...], dict[str, Any]]:
        """Give the properties of the events: many move from and to the same for the same reason, which is told once."""
        names = {one.name for one in found if not one.now} & set(rules)
        with speaking(self._language):
            conditions = {name: {path: sentence(one) for path, one in walk(rules[name])} for name in names}
            different = {_alike(one): one for one in found}
            return {key: one.properties(_told(one.reason, conditions.get(one.name, {}))) for key, one in different.items()}

    def _ids(self, found: Sequence[Transition]) -> dict[int, str]:
        """Give an id of each person who moved; whoever was merged since the state was found is the person they are now."""
        moved = np.unique(np.array([one.person_id for one in found], dtype=np.int64))
        living = self._people.living(moved)
        shown = {person: ids[0] for person, ids in self._people.distinct_ids(np.unique(living)).items()}
        return {one: shown[now] for one, now in zip(moved.tolist(), living.tolist(), strict=True) if now in shown}


def _put(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    Outbox.put(session, rows)


def _message_id(one: Transition, told: Mapping[str, Any]) -> str:
    """Give an id that is the same whenever the same move is found again."""
    parts = (one.event, one.name, one.person_id, one.was, one.now, told["since"], told["as_of"])
    return "transition-" + hashlib.sha256(repr(parts).encode()).hexdigest()[:40]


def _alike(one: Transition) -> tuple[object, ...]:
    """Give what decides the properties of its event; one object is each reason for as long as transitions are at hand."""
    return one.event, one.name, one.was, one.now, one.since, id(one.reason)


def _told(reason: Reason, conditions: dict[str, str]) -> str:
    """Say why, in a sentence."""
    turned = [
        _("“{condition}” is met now", condition=conditions.get(node, node))
        if holds
        else _("“{condition}” is not met any more", condition=conditions.get(node, node))
        for node, holds in reason.turned.items()
    ]
    cause = {
        "event": _("after what the person did"),
        "traits": _("after something was said of the person"),
        "time": _("because time passed"),
    }[reason.cause]
    return _("; ").join([*turned, cause])
