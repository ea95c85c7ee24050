"""Tier schemes of one's own for a workspace: kept, computed over everybody or one person, explained."""

from __future__ import annotations

from dataclasses import replace as changed
from functools import partial
from typing import TYPE_CHECKING, Any

from finegrain.access.acting import require
from finegrain.audience.errors import UnknownSchemeError
from finegrain.audience.rules.contract import InTier, Moved
from finegrain.audience.rules.errors import BadRuleError
from finegrain.audience.rules.reading import walk, write_rule
from finegrain.audience.rules.turns import turns
from finegrain.audience.tiers.contract import SCHEMES
from finegrain.audience.tiers.own.contract import OwnTier, Rest, pairs_to_values, read_scheme
from finegrain.audience.tiers.own.errors import BadSchemeRuleError, BuiltInSchemeError, SchemeInUseError
from finegrain.audience.tiers.own.keeping import KeptSchemes
from finegrain.audience.tiers.own.sorting import OwnTierScheme, rules_of
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.rules.ground import SegmentSource
    from finegrain.audience.rules.service import RuleService
    from finegrain.audience.segments.service import SegmentService
    from finegrain.audience.tiers.contract import Explanation
    from finegrain.audience.tiers.own.contract import OwnScheme
    from finegrain.audience.tiers.result import TierResult
    from finegrain.audience.tiers.service import TierService
    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.clock import Clock
    from finegrain.store.ops import OpsStore

    Users = Callable[[], Iterable[tuple[str, Iterable[str]]]]
    """Gives who names tiers, and which, each as ``scheme/key``, or ``scheme/`` for the scheme itself."""


class SchemeService:
    """Keeps schemes, and sorts people by them. Safe to use from several threads.

    Args:
        ops: where they are kept.
        tiering: the tiers that are built in, which learn of the others here.
        rules: who meets which rule.
        segments: the segments that rules may name.
        clock: where the time of a change comes from.
        present: gives the moment for which figures are shown.
    """

    def __init__(
        self,
        ops: OpsStore,
        tiering: TierService,
        rules: RuleService,
        segments: SegmentService,
        *,
        clock: Clock,
        present: Callable[[], datetime],
    ) -> None:
        self._kept = KeptSchemes(ops)
        self._tiering = tiering
        self._rules = rules
        self._segments: SegmentSource = segments.kept
        self._clock = clock
        self._present = present
        self._users: list[Users] = [partial(_users_of_segments, segments), self._users_of_schemes]
        tiering.learn_of(self)

    def named_by(self, users: Users) -> None:
        """Ask somebody else, too, who names tiers before a scheme goes, such as the goals of the floor above."""
        self._users.append(users)

    def save(
        self,
        name: str,
        tiers: Sequence[Any],
        *,
        rest: tuple[str, str] | Mapping[str, Any] = Rest(),
        label: str = "",
        description: str = "",
        replace: bool = False,
    ) -> OwnScheme:
        """Keep a scheme: the first of its tiers whose rule somebody meets is theirs, that of the rest everybody else's.

        Args:
            name: see ``OwnScheme``; none that is built in.
            tiers: (key, label, rule) in order, or the same as JSON values; a rule may be one of ``fg.rule`` or its JSON values.
            rest: key and label of the tier of all others.
            label: what the scheme is called; by default its name.
            description: up to 2,000 characters.
            replace: whether a scheme of this name is replaced; else it is refused.

        Raises:
            NotAllowedError: the actor may not set up strategies, of which tiers are a part.
            BadSchemeError: a field, or the rule of a tier, cannot be used; the error says which.
            BuiltInSchemeError: the name is that of a scheme that is built in.
            SchemeExistsError: the name is taken, and nothing is to be replaced.
            SchemeInUseError: a tier that is not in the new scheme is named by others.
        """
        values: dict[str, Any] = {"name": name, "label": label or name, "description": description}
        others = dict(zip(("key", "label"), rest, strict=True)) if isinstance(rest, tuple) else rest
        return self.save_values({**values, "tiers": pairs_to_values(tiers), "rest": others}, replace=replace)

    def save_values(self, values: Mapping[str, Any], *, replace: bool = False, named_stay: bool = True) -> OwnScheme:
        """Keep a scheme that is given as JSON values; see ``save`` and ``read_scheme``.

        With ``named_stay`` false nobody is asked who names tiers that go: whoever changes more than one thing at once does so
        afterwards, by ``check_named``.
        """
        actor = require("strategy:write")
        found = read_scheme(values)
        if found.name in SCHEMES:
            raise BuiltInSchemeError(name=found.name)
        found = changed(found, tiers=self._checked(found), made_at=self._clock.now(), made_by=actor.name)
        before = self._kept.find(found.name)
        if before is not None and named_stay:
            self._refuse_used(found.name, [key for key in before.keys if key not in found.keys])
        self._kept.put(found, replace=replace)
        self._changed()
        return found

    def _checked(self, scheme: OwnScheme) -> tuple[OwnTier, ...]:
        checked = []
        for tier in scheme.tiers:
            try:
                rule = self._rules.read(tier.rule, self._segments, self._present(), scheme=scheme.name)
            except BadRuleError as error:
                raise BadSchemeRuleError(
                    field="tiers", value=tier.key, allowed="", key=tier.key, node=error.facts["node"], reason=error
                ) from error
            checked.append(tier._replace(rule=write_rule(rule)))
        return tuple(checked)

    def delete(self, name: str) -> None:
        """Forget a scheme.

        Raises:
            NotAllowedError: the actor may not set up strategies, of which tiers are a part.
            BuiltInSchemeError: it is built in.
            UnknownSchemeError: there is no such scheme.
            SchemeInUseError: segments, goals or other schemes name its tiers.
        """
        require("strategy:write")
        if name in SCHEMES:
            raise BuiltInSchemeError(name=name)
        gone = self.get(name)
        self._refuse_used(name, ["", *gone.keys])
        self._kept.drop(gone)
        self._changed()

    def _refuse_used(self, name: str, keys: Sequence[str]) -> None:
        going = {f"{name}/{key}" for key in keys}
        used = [(user, sorted(going & set(tiers))) for find in self._users for user, tiers in find()]
        used = [(user, tiers) for user, tiers in used if tiers and user != f"{name}/*"]
        if used:
            tiers = ", ".join(dict.fromkeys(tier.removesuffix("/") for _user, named in used for tier in named))
            raise SchemeInUseError(tiers=tiers, users=", ".join(dict.fromkeys(user for user, _tiers in used)))

    def check_named(self) -> None:
        """Refuse that somebody names a tier that there is not.

        Raises:
            SchemeInUseError: somebody does.
        """
        known = {f"{scheme.name}/{key}" for scheme in self._kept.all() for key in ("", *scheme.keys)}
        for find in self._users:
            for user, tiers in find():
                missing = [tier for tier in tiers if tier not in known and tier.partition("/")[0] not in SCHEMES]
                if missing:
                    raise SchemeInUseError(tiers=", ".join(dict.fromkeys(missing)), users=user)

    def _users_of_schemes(self) -> Iterator[tuple[str, Iterable[str]]]:
        for scheme in self._kept.all():
            yield f"{scheme.name}/*", [tier for rule in rules_of(scheme) for tier in tiers_named(rule)]

    def _changed(self) -> None:
        self._tiering.changes += 1
        self._rules.forget_segments()

    def all(self) -> tuple[OwnScheme, ...]:
        """Give all schemes of one's own by name."""
        return self._kept.all()

    def get(self, name: str) -> OwnScheme:
        """Give one scheme of one's own.

        Raises:
            UnknownSchemeError: there is none of this name.
        """
        found = self._kept.find(name)
        if found is None:
            raise UnknownSchemeError(name=name, allowed=", ".join(self._tiering.names()))
        return found

    def find(self, name: str) -> OwnScheme | None:
        """Give one scheme of one's own; None where there is none of this name."""
        return self._kept.find(name)

    def state(self) -> tuple[object, ...]:
        """Give what changes with everything but the index that decides who is in which tier."""
        return self._rules.state()

    def scheme(self, own: OwnScheme, index: BehaviourIndex) -> OwnTierScheme:
        """Give a scheme as the tiers' service computes it, over one state of the index."""
        return OwnTierScheme(own, partial(self._sort, own, index), partial(self._explain, own))

    def _sort(self, own: OwnScheme, index: BehaviourIndex, as_of: datetime) -> NDArray[np.int8]:
        evaluation = self._rules.evaluation(as_of, self._segments)
        if evaluation.ground.everybody is not index:
            evaluation = self._rules.over(index, index, as_of, as_of, self._segments)
        return evaluation.first_of(rules_of(own))

    def codes(
        self, own: OwnScheme, as_of: datetime, people: BehaviourIndex, everybody: BehaviourIndex, bounds_at: datetime
    ) -> NDArray[np.int8]:
        """Sort some people; see ``TierService.codes``."""
        return self._rules.over(people, everybody, as_of, bounds_at, self._segments).first_of(rules_of(own))

    def turns(self, own: OwnScheme, as_of: datetime, person: BehaviourIndex, everybody: BehaviourIndex) -> tuple[int, ...]:
        """Give when time alone may move one person; see ``TierService.turns``."""
        ground = self._rules.over(person, everybody, as_of, as_of, self._segments).ground
        return tuple(sorted({instant for rule in rules_of(own) for instant in turns(ground, rule)}))

    def _explain(self, own: OwnScheme, result: TierResult, person_id: int) -> Explanation:
        from finegrain.audience.tiers.own.explaining import explain_tier

        result.place_of(person_id)  # refuses whom there is not
        as_of = from_us(result.basis.facts.as_of_us)
        return explain_tier(
            own, person_id, as_of, lambda later: self._rules.of_one(person_id, as_of, self._segments, later=later)
        )


def tiers_named(rule: Rule) -> tuple[str, ...]:
    """Give the tiers that a rule names, each as ``scheme/key``, and ``scheme/`` for each scheme."""
    named: list[str] = []
    for _path, one in walk(rule):
        if isinstance(one, InTier):
            tiers = (one.tier,) if isinstance(one.tier, str) else one.tier
            named += [*tiers, *(f"{tier.partition('/')[0]}/" for tier in tiers)]
        elif isinstance(one, Moved):
            named += [f"{one.moved}/", *(f"{one.moved}/{key}" for key in (*one.was, *one.now))]
    return tuple(named)


def _users_of_segments(segments: SegmentService) -> Iterator[tuple[str, Iterable[str]]]:
    for name, rule in segments.kept.rules()[0].items():
        yield f"“{name}”", tiers_named(rule)
