"""The kinds of definitions: how each is read from a workspace and from a file, and how it is put there and taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from finegrain.access.acting import require
from finegrain.audience.rules.contract import InSegment
from finegrain.audience.rules.reading import fields_of, read_rule, shown, walk, write_rule
from finegrain.audience.tiers.contract import SCHEMES
from finegrain.audience.tiers.own.contract import read_scheme
from finegrain.audience.tiers.own.service import tiers_named
from finegrain.audience.tiers.own.sorting import rules_of
from finegrain.behaviour.queries.reading import read_query
from finegrain.collect.plan.contract import EventPlan
from finegrain.collect.plan.files import event_to_dict, read_event
from finegrain.definitions.contract import Key
from finegrain.definitions.errors import BadFieldError
from finegrain.i18n import Phrase
from finegrain.strategy.goals.contract import NewGoal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.segments.service import SegmentService
    from finegrain.audience.tiers.own.service import SchemeService
    from finegrain.audience.tiers.service import TierService
    from finegrain.collect.plan.contract import Undeclared
    from finegrain.collect.plan.service import PlanService
    from finegrain.definitions.contract import Kind, Values
    from finegrain.people.service import PeopleService
    from finegrain.strategy.goals.service import GoalService

_ALLOW: Undeclared = "allow"
"""What is done with events that nobody declared, where nobody said."""


@dataclass(frozen=True)
class Rooms:
    """The services whose definitions these are; ``present`` gives the moment for which figures are shown."""

    people: PeopleService
    tiering: TierService
    schemes: SchemeService
    segments: SegmentService
    goals: GoalService
    plan: PlanService
    present: Callable[[], datetime]


class Handler(Protocol):
    """What can be done with definitions of one kind."""

    def all(self) -> Iterator[tuple[str, Values]]:
        """Give what there is, by name, in canonical form."""
        ...

    def canonical(self, values: Values) -> Values:
        """Give what a file says in canonical form."""
        ...

    def put(self, name: str, before: Values | None, values: Values) -> None:
        """Keep a definition, in the place of ``before`` where there is one."""
        ...

    def drop(self, name: str) -> None:
        """Take a definition away."""
        ...

    def uses(self, values: Values) -> set[Key]:
        """Give what a definition names."""
        ...


def handlers(rooms: Rooms) -> dict[Kind, Handler]:
    """Give what can be done with each kind."""
    return {
        "thresholds": _Thresholds(rooms.tiering),
        "tier_scheme": _Schemes(rooms.schemes),
        "segment": _Segments(rooms.segments, rooms.people),
        "goal": _Goals(rooms.goals, rooms.present),
        "tracked_event": _TrackedEvents(rooms.plan),
        "tracking_plan": _TrackingPlan(rooms.plan),
    }


def _tier_keys(tiers: tuple[str, ...]) -> set[Key]:
    return {Key("tier_scheme", scheme) for tier in tiers if (scheme := tier.partition("/")[0]) and scheme not in SCHEMES}


def _rule_keys(rule: Rule) -> set[Key]:
    segments = {Key("segment", one.segment) for _path, one in walk(rule) if isinstance(one, InSegment)}
    return segments | _tier_keys(tiers_named(rule))


@dataclass(frozen=True)
class _Thresholds:
    tiering: TierService

    def all(self) -> Iterator[tuple[str, Values]]:
        for scheme in SCHEMES:
            if saved := self.tiering.saved_thresholds(scheme):
                yield scheme, {"scheme": scheme, "thresholds": saved}

    def canonical(self, values: Values) -> Values:
        _only(values, ("scheme", "thresholds"))
        given = values.get("thresholds")
        if not isinstance(given, dict):
            raise BadFieldError(field="thresholds", value=shown(given), allowed=Phrase("names of thresholds with their values"))
        checked = self.tiering.checked_thresholds(values["scheme"], given)
        return {"scheme": values["scheme"], "thresholds": dict(sorted(checked.items()))}

    def put(self, name: str, before: Values | None, values: Values) -> None:
        if before is not None and set(before["thresholds"]) - set(values["thresholds"]):
            self.tiering.reset_thresholds(name)
        self.tiering.save_thresholds(name, values["thresholds"])

    def drop(self, name: str) -> None:
        self.tiering.reset_thresholds(name)

    def uses(self, values: Values) -> set[Key]:  # noqa: ARG002 - it names nothing
        return set()


@dataclass(frozen=True)
class _Schemes:
    schemes: SchemeService

    def all(self) -> Iterator[tuple[str, Values]]:
        for scheme in self.schemes.all():
            yield scheme.name, self.canonical(scheme.definition())

    def canonical(self, values: Values) -> Values:
        scheme = read_scheme(values)
        rules = rules_of(scheme)
        tiers = [{**tier._asdict(), "rule": write_rule(rule)} for tier, rule in zip(scheme.tiers, rules, strict=True)]
        return {**scheme.definition(), "tiers": tiers}

    def put(self, name: str, before: Values | None, values: Values) -> None:  # noqa: ARG002 - the values hold the name
        self.schemes.save_values(values, replace=before is not None, named_stay=False)

    def drop(self, name: str) -> None:
        self.schemes.delete(name)

    def uses(self, values: Values) -> set[Key]:
        return {key for rule in rules_of(read_scheme(values)) for key in _rule_keys(rule)}


@dataclass(frozen=True)
class _Segments:
    segments: SegmentService
    people: PeopleService

    def all(self) -> Iterator[tuple[str, Values]]:
        for segment in self.segments.all():
            told: Values = {"name": segment.name, "description": segment.description}
            if segment.rule is None:
                told |= {"people": self._ids(self.segments.members(segment.name)), "origin": segment.origin}
            else:
                told["rule"] = write_rule(read_rule(segment.rule))
            yield segment.name, {name: value for name, value in told.items() if name in {"name", "people"} or value}

    def _ids(self, members: NDArray[np.int64]) -> list[str]:
        require("people:read")
        return sorted(person.display_id for person in self.people.many(members))

    def canonical(self, values: Values) -> Values:
        if "rule" in values and "people" in values:
            raise BadFieldError(field="people", value=shown(values["people"]), allowed=Phrase("either a rule or people"))
        if "rule" not in values and "people" not in values:
            raise BadFieldError(field="rule", value=Phrase("missing"), allowed=Phrase("either a rule or people"))
        _only(values, ("name", "description", *(("rule",) if "rule" in values else ("people", "origin"))))
        description = _given(values, "description", str, Phrase("a text"))
        told: Values = {"name": values["name"], **({"description": description} if description else {})}
        if "rule" in values:
            return {**told, "rule": write_rule(read_rule(values["rule"]))}
        people = values["people"]
        if not isinstance(people, list) or not all(isinstance(one, str) for one in people):
            raise BadFieldError(field="people", value=shown(people), allowed=Phrase("a list of ids as texts"))
        # An id that nobody has is told where it is applied; two ids of one person are one.
        ids = sorted({self.people.find(one).display_id for one in people})
        origin = _given(values, "origin", dict, Phrase("an object that says what the list was taken from"))
        return {**told, "people": ids, **({"origin": origin} if origin else {})}

    def put(self, name: str, before: Values | None, values: Values) -> None:
        description, replace = str(values.get("description", "")), before is not None
        if "rule" in values:
            self.segments.save_rule(name, values["rule"], description=description, replace=replace)
            return
        members = [self.people.find(one).id for one in values["people"]]
        self.segments.save(name, members, description=description, origin=values.get("origin"), replace=replace)

    def drop(self, name: str) -> None:
        self.segments.delete(name)

    def uses(self, values: Values) -> set[Key]:
        return _rule_keys(read_rule(values["rule"])) if "rule" in values else set()


@dataclass(frozen=True)
class _Goals:
    goals: GoalService
    present: Callable[[], datetime]

    def all(self) -> Iterator[tuple[str, Values]]:
        for goal in sorted(self.goals.all(), key=lambda goal: goal.name):
            yield goal.name, _goal_values(goal)

    def canonical(self, values: Values) -> Values:
        return _goal_values(read_query(NewGoal, values))

    def put(self, name: str, before: Values | None, values: Values) -> None:
        new = read_query(NewGoal, values)
        found = None if before is None else self.goals.named(name)
        if found is None or before is None:
            self.goals.add(new, self.present())
        elif _same_question(before, values):
            free: dict[str, Any] = {"target": new.target, "last_day": new.last_day, "owner": new.owner, "note": new.note}
            self.goals.change(found.id, **free, budget_minor=new.budget_minor)
        else:
            self.goals.delete(found.id)
            self.goals.add(new, self.present())

    def drop(self, name: str) -> None:
        found = self.goals.named(name)
        if found is not None:
            self.goals.delete(found.id)

    def uses(self, values: Values) -> set[Key]:
        whom, metric = values["whom"], values["metric"]
        segment = {Key("segment", whom["segment"])} if whom.get("segment") else set()
        return segment | _tier_keys((whom.get("tier", ""), metric.get("tier", "")))


def _goal_values(goal: NewGoal) -> Values:
    told = {
        "name": goal.name,
        "metric": fields_of(goal.metric),
        "whom": fields_of(goal.whom),
        "target": float(goal.target),
        "first_day": goal.first_day.isoformat(),
        "last_day": goal.last_day.isoformat(),
        "budget_minor": goal.budget_minor,
        "owner": goal.owner,
        "note": goal.note,
    }
    return {name: value for name, value in told.items() if value not in (None, "")}


def _same_question(before: Values, after: Values) -> bool:
    """Say whether a goal can be changed as it is: what is measured, of whom and from when on stays."""
    return all(before[name] == after[name] for name in ("metric", "whom", "first_day"))


@dataclass(frozen=True)
class _TrackedEvents:
    plan: PlanService

    def all(self) -> Iterator[tuple[str, Values]]:
        for event in self.plan.plan().events:
            yield event.event, _event_values(event)

    def canonical(self, values: Values) -> Values:
        return _event_values(read_event(values))

    def put(self, name: str, before: Values | None, values: Values) -> None:  # noqa: ARG002 - the values hold the name
        self.plan.declare(read_event(values))

    def drop(self, name: str) -> None:
        self.plan.remove(name)

    def uses(self, values: Values) -> set[Key]:  # noqa: ARG002 - it names nothing
        return set()


def _event_values(event: EventPlan) -> Values:
    told = _without_defaults(event_to_dict(event), event_to_dict(EventPlan("")))
    if event.properties:
        plain = {"type": "any", "required": False, "allowed": [], "description": ""}
        told["properties"] = [_without_defaults(rule, plain) for rule in told["properties"]]
    return told


def _without_defaults(values: Values, defaults: Mapping[str, Any]) -> Values:
    return {name: value for name, value in values.items() if name not in defaults or value != defaults[name]}


@dataclass(frozen=True)
class _TrackingPlan:
    plan: PlanService

    def all(self) -> Iterator[tuple[str, Values]]:
        undeclared = self.plan.plan().undeclared_events
        if undeclared != _ALLOW:
            yield "", {"undeclared_events": undeclared}

    def canonical(self, values: Values) -> Values:
        _only(values, ("undeclared_events",))
        return {"undeclared_events": values.get("undeclared_events", _ALLOW)}

    def put(self, name: str, before: Values | None, values: Values) -> None:  # noqa: ARG002 - there is one
        self.plan.set_undeclared_events(values["undeclared_events"])

    def drop(self, name: str) -> None:  # noqa: ARG002 - there is one
        self.plan.set_undeclared_events(_ALLOW)

    def uses(self, values: Values) -> set[Key]:  # noqa: ARG002 - it names nothing
        return set()


def unset(key: Key) -> Values | None:
    """Give what holds where nobody defined something; None where nothing does."""
    if key.kind == "thresholds":
        return {"scheme": key.name, "thresholds": {}}
    return {"undeclared_events": _ALLOW} if key.kind == "tracking_plan" else None


def _given(values: Values, field: str, kind: type, allowed: Phrase) -> Any:
    found = values.get(field)
    if found is not None and not isinstance(found, kind):
        raise BadFieldError(field=field, value=shown(found), allowed=allowed)
    return found


def _only(values: Values, fields: tuple[str, ...]) -> None:
    for name in values:
        if name not in fields:
            allowed = Phrase("only these fields: {fields}", fields=", ".join(fields))
            raise BadFieldError(field=name, value=shown(values[name]), allowed=allowed)
