"""The slow twin of rules: each condition asked of one person after the other, over plain lists; with the world both stand on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st
from tests.twins.behaviour import CURRENCY, FakePeople, Happening, cents, happenings, twin_facts, twin_orders
from tests.twins.logs import (
    FIRST,
    NAMES,
    PEOPLE,
    ZONE,
    TwinEvent,
    by_person,
    event_logs,
    matches,
    number_of,
    snapshot_of,
    text_of,
)
from tests.twins.logs import passes as event_passes

from finegrain.audience.rules.contract import (
    All,
    AnyOf,
    Consented,
    Did,
    EventMatch,
    Filter,
    FirstTime,
    HasTrait,
    InSegment,
    InTier,
    LastTime,
    Messaged,
    Moved,
    Not,
    Ordered,
    Predicted,
    Reachable,
    Rule,
    Sequence,
)
from finegrain.audience.rules.evaluating import Evaluation
from finegrain.audience.rules.ground import Ground, Sources
from finegrain.audience.rules.periods import Moment
from finegrain.audience.rules.trait_days import TraitDays
from finegrain.audience.tiers.compute import compute, resolve
from finegrain.audience.tiers.schemes import scheme_named
from finegrain.behaviour.facts import facts
from finegrain.behaviour.queries.conditions import read_time
from finegrain.behaviour.queries.snapshot import Snapshot
from finegrain.behaviour.slicing import one_person, until
from finegrain.people.contract import TraitHistory, TraitValues
from finegrain.zones import MICROSECONDS_PER_DAY as DAY
from finegrain.zones import from_us, to_us

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from finegrain.behaviour.index import BehaviourIndex

TRAITS: dict[str, dict[str, Any]] = {
    "city": {"x": "Ulm", "y": "Bonn", "z": "Ulm"},
    "age": {"x": 30, "y": "41", "quiet": "old"},
    "birthday": {"x": "2000-02-29", "y": "1990-04-02", "z": "04-05", "quiet": "2024-03-30T23:30:00Z"},
    "renewal": {"x": "2024-04-02", "y": "2024-03-30T12:00", "z": "soon", "quiet": "2024-04-08"},
    "email": {"x": "x@example.org", "y": ""},
}
PAST = {"city": [("x", FIRST, "Bonn"), ("x", FIRST + timedelta(days=3), "Ulm"), ("z", FIRST + timedelta(days=1), "Ulm")]}
ROUND = {
    "2000-02-29": "02-29",
    "1990-04-02": "04-02",
    "04-05": "04-05",
    "2024-03-30T23:30:00Z": "03-31",
    "2024-04-02": "04-02",
    "2024-03-30T12:00": "03-30",
    "2024-04-08": "04-08",
}
"""What comes round every year of each trait that is a day; the one time lies in the night to the 31st in Berlin."""
CONSENTS = {("email", "marketing"): {"x": 0.0, "y": 1.0}}
SEGMENTS: dict[str, Rule | list[str]] = {
    "list": ["y", "quiet"],
    "Ulm": HasTrait("city", "is", "Ulm"),
    "outside": Not(InSegment("Ulm")),
}
MOMENTS = [datetime(2024, 4, 5, 10, tzinfo=UTC), datetime(2024, 3, 31, 12, tzinfo=UTC), datetime(2024, 3, 30, 23, tzinfo=UTC)]
"""Among them the afternoon of the day on which clocks go forward, and its first instant."""


class RuleTraits:
    """The people room's traits, in dicts."""

    def trait_names(self) -> list[str]:
        """Give the names of all traits."""
        return sorted(TRAITS)

    def trait_values(self, name: str) -> TraitValues:
        """Give today's values; nobody's where there is no such trait."""
        return columns(TRAITS.get(name, {}))

    def trait_history(self, name: str) -> TraitHistory:
        """Give the values over time."""
        rows = sorted((number(who), to_us(at), value) for who, at, value in PAST.get(name, ()))
        ids, since = (np.array([row[place] for row in rows], np.int64) for place in (0, 1))
        return TraitHistory(ids, since, *_readings([value for _, _, value in rows]))


def columns(values: Mapping[str, Any]) -> TraitValues:
    """Give what is known of some people as columns."""
    rows = sorted((number(who), value) for who, value in values.items())
    return TraitValues(np.array([who for who, _ in rows], np.int64), *_readings([value for _, value in rows]))


def _readings(values: list[Any]) -> tuple[pa.Array, NDArray[np.float64]]:
    return pa.array([text_of(value) for value in values], pa.string()), np.array(
        [number_of(value) for value in values], np.float64
    )


def number(who: str) -> int:
    """Give the number of a person."""
    return PEOPLE.index(who) + 1


class RuleTiers:
    """The tiers of everybody with default thresholds, straight from the schemes."""

    own: Mapping[str, tuple[tuple[str, ...], tuple[Rule, ...]]] = MappingProxyType({})

    def codes(
        self, scheme: str, as_of: datetime, people: BehaviourIndex, everybody: BehaviourIndex, bounds_at: datetime
    ) -> tuple[tuple[str, ...], NDArray[np.int8]]:
        """Sort some people, with the bounds of everybody."""
        found, us = scheme_named(scheme), to_us(as_of)
        values = resolve(found)
        days = found.window_days(values)
        of_all = facts(everybody, to_us(bounds_at), to_us(bounds_at) - days * DAY)
        bounds = compute(found, of_all, values, zone=ZONE, currency=CURRENCY).basis.bounds
        return tuple(tier.key for tier in found.tiers(values)), found.classify(facts(people, us, us - days * DAY), bounds)

    def own_rules(self, scheme: str) -> tuple[tuple[str, ...], tuple[Rule, ...]] | None:
        """Give the keys and rules of a scheme of one's own; there are none unless a test has some."""
        return self.own.get(scheme)

    def turns(self, scheme: str, as_of: datetime, person: BehaviourIndex, everybody: BehaviourIndex) -> tuple[int, ...]:
        """Give when time alone may move one person."""
        found, us = scheme_named(scheme), to_us(as_of)
        values = resolve(found)
        days = found.window_days(values)
        of_all = facts(everybody, us, us - days * DAY)
        bounds = compute(found, of_all, values, zone=ZONE, currency=CURRENCY).basis.bounds
        crossed = found.crossings(facts(person, us, us - days * DAY), bounds)
        return (*crossed, *(person.order_time_us + days * DAY + 1).tolist())


class RuleSegments:
    """Segments in a dict."""

    def __init__(self, known: Mapping[str, Rule | list[str]] = SEGMENTS) -> None:
        self._known = known

    def names(self) -> list[str]:
        """Give their names."""
        return sorted(self._known)

    def meaning(self, name: str) -> Rule | NDArray[np.int64] | None:
        """Give a rule, or numbers."""
        found = self._known.get(name)
        return np.array(sorted(map(number, found)), np.int64) if isinstance(found, list) else found


class RuleConsents:
    """What people said, in a dict."""

    def consents(self, channel: str, purpose: str, before: datetime) -> TraitValues:  # noqa: ARG002 - all was said long ago
        """Give it as columns."""
        return columns(CONSENTS.get((channel, purpose), {}))

    def addresses(self, channel: str) -> tuple[str, ...]:
        """Give the traits that hold an address."""
        return (channel, "mail") if channel == "email" else ()


SOURCES = Sources(RuleTraits(), RuleTiers(), RuleSegments(), RuleConsents())


@dataclass
class RuleWorld:
    """A log as of a moment, for everybody and for each one."""

    log: list[Happening]
    as_of: datetime
    sources: Sources = SOURCES
    snapshot: Snapshot = field(init=False)

    def __post_init__(self) -> None:
        self.snapshot = snapshot_of(self.log, FakePeople(dict.fromkeys(PEOPLE, FIRST)))

    def ground(self, who: str = "", as_of: datetime | None = None) -> Ground:
        """Give what rules stand on: everybody, or one."""
        snapshot = self.snapshot
        if who:
            index = one_person(snapshot.index, PEOPLE.index(who))
            snapshot = Snapshot(until(index, to_us(self.as_of)), snapshot.log, snapshot.columns)
        moment = Moment(as_of or self.as_of, ZONE)
        return Ground(snapshot, self.snapshot.index, moment, self.sources, CURRENCY, self.as_of, TraitDays(ZONE))

    def everybody(self, rule: Rule) -> list[str]:
        """Give who meets a rule, asked of all at once."""
        found = Evaluation(self.ground()).passing(rule).truths().tolist()
        return [who for who, yes in zip(PEOPLE, found, strict=True) if yes]

    def one_by_one(self, rule: Rule) -> list[str]:
        """Give who meets a rule, asked of each alone."""
        return [who for who in PEOPLE if Evaluation(self.ground(who)).passing(rule).has(0)]

    def twin(self) -> RuleTwin:
        """Give the twin of this world."""
        return RuleTwin(self.log, self.as_of)


@dataclass(frozen=True)
class RuleTwin:
    """Rules over one log as of a moment."""

    log: list[Happening]
    as_of: datetime

    def everybody(self, rule: Rule) -> list[str]:
        """Give who meets a rule."""
        return [who for who in PEOPLE if self.holds(rule, who)]

    def holds(self, rule: Rule, who: str) -> bool:
        """Say whether somebody meets a rule."""
        match rule:
            case All(rules):
                return all(self.holds(one, who) for one in rules)
            case AnyOf(rules):
                return any(self.holds(one, who) for one in rules)
            case Not(inner):
                return not self.holds(inner, who)
            case InSegment(name):
                meant = SEGMENTS.get(name, [])
                return who in meant if isinstance(meant, list) else self.holds(meant, who)
        found: Callable[[Any, str], bool] = getattr(self, f"_{type(rule).__name__.lower()}")
        return found(rule, who)

    @property
    def today(self) -> date:
        """The civil day of the last instant that is seen."""
        return ZONE.day_of(self.as_of - timedelta(microseconds=1))

    def inside(self, at_us: int, period: str) -> bool:
        """Say whether an instant lies in a period, and before the moment."""
        day = ZONE.day_of(from_us(at_us))
        if at_us >= to_us(self.as_of):
            return False
        if period.endswith("d"):
            return self.today - timedelta(days=int(period[:-1])) < day
        first, _, last = period.partition("..")
        return period == "all" or date.fromisoformat(first) <= day <= date.fromisoformat(last)

    def events(self, who: str) -> list[TwinEvent]:
        """Give what somebody did before the moment."""
        return [one for one in by_person(self.log)[who] if one.at_us < to_us(self.as_of)]

    def _hastrait(self, rule: HasTrait, who: str) -> bool:
        value = TRAITS.get(rule.trait, {}).get(who)
        if rule.op in ("within_last", "more_than_ago", "within_next", "anniversary"):
            assert isinstance(rule.value, int)
            return self._near(rule.op, text_of(value) or "", rule.value)
        if rule.op in ("before", "after"):
            at, bound = read_time(text_of(value) or "", ZONE), read_time(str(rule.value), ZONE) or 0
            return at is not None and (at < bound if rule.op == "before" else at > bound)
        asked = Filter("value", rule.op, rule.value)  # type: ignore[arg-type]
        return event_passes(asked, TwinEvent(who, 0, 0, "", {"value": value}))

    def _near(self, op: str, text: str, days: int) -> bool:
        ahead = [(self.today + timedelta(days=number)) for number in range(days)]
        if op == "anniversary":
            return ROUND.get(text) in {f"{day:%m-%d}" for day in ahead}
        if text == "soon" or text[:4] != "2024":
            return False if text in ("", "soon") or len(text) == 5 else op == "more_than_ago"
        instant = read_time(text, ZONE)
        assert instant is not None
        day = ZONE.day_of(from_us(instant))
        if op == "within_next":
            return day in ahead
        behind = [self.today - timedelta(days=number) for number in range(days)]
        return day in behind if op == "within_last" else day < behind[-1]

    def _did(self, rule: Did, who: str) -> bool:
        mine = [one for one in self.events(who) if matches(rule.event, one) and self.inside(one.at_us, rule.period)]
        if rule.measure == "days":
            return _compared(rule.op, len({ZONE.day_of(from_us(one.at_us)) for one in mine}), rule.value)
        if rule.measure == "sum":
            numbers = [number_of(one.properties.get(rule.property)) for one in mine]
            return _compared(rule.op, sum(value for value in numbers if not math.isnan(value)), rule.value)
        return _compared(rule.op, len(mine), rule.value)

    def _firsttime(self, rule: FirstTime, who: str) -> bool:
        mine = [one for one in self.events(who) if matches(rule.first_time, one)]
        return bool(mine) and self.inside(mine[0].at_us, rule.period)

    def _lasttime(self, rule: LastTime, who: str) -> bool:
        mine = [one for one in self.events(who) if matches(rule.last_time, one)]
        return bool(mine) and self.inside(mine[-1].at_us, rule.period)

    def _sequence(self, rule: Sequence, who: str) -> bool:
        within_us = {"1h": 3_600_000_000, "1d": DAY}[rule.within]
        events = self.events(who)
        found: list[bool] = []
        for place, one in enumerate(events):
            if matches(rule.after, one) and self.inside(one.at_us, rule.period):
                late = [other for other in events[place + 1 :] if matches(rule.then, other)]
                followed = any(other.at_us <= one.at_us + within_us for other in late)
                found.append(followed if rule.happened else not followed and one.at_us + within_us < to_us(self.as_of))
        return any(found)

    def _ordered(self, rule: Ordered, who: str) -> bool:
        return _compared(rule.op, self._order_figure(rule, who), rule.value)

    def _order_figure(self, rule: Ordered, who: str) -> float:
        orders, orphans = twin_orders([one for one in self.log if one.at < self.as_of])
        mine = [one for one in orders.values() if one.who == who and self.inside(to_us(one.at), rule.period)]
        bought = sorted(one.at for one in mine if not one.taken_back)
        revenue = sum(int(one.amount - one.refunded) for one in mine)
        known = twin_facts(self.log, dict.fromkeys(PEOPLE, FIRST), self.as_of, FIRST - timedelta(days=99))[who]
        loose = [one for one in orphans if one.who == who and self.inside(to_us(one.at), rule.period)]
        revenue -= _cents(loose)
        if rule.period == "all":
            assert (revenue, len(bought)) == (known.revenue_minor, known.purchases)
        if rule.orders == "purchases":
            return len(bought)
        if rule.orders == "revenue":
            return revenue / 100
        if not bought:
            return math.nan
        if rule.orders == "average_order_value":
            return revenue / len(bought) / 100
        at = bought[0] if rule.orders == "days_since_first_purchase" else bought[-1]
        return (self.today - ZONE.day_of(at)).days

    def _intier(self, rule: InTier, who: str) -> bool:
        at = min(ZONE.day_start(date.fromisoformat(rule.at)), self.as_of) if rule.at else self.as_of
        wanted = (rule.tier,) if isinstance(rule.tier, str) else rule.tier
        parts = [one.partition("/") for one in wanted]
        return any(self._tier(scheme, who, at) == key for scheme, _, key in parts)

    def _tier(self, scheme: str, who: str, at: datetime) -> str:
        index = snapshot_of(self.log, FakePeople(dict.fromkeys(PEOPLE, FIRST))).index
        keys, codes = RuleTiers().codes(scheme, at, index, index, at)
        return keys[int(codes[PEOPLE.index(who)])]

    def _moved(self, rule: Moved, who: str) -> bool:
        first = self.today - timedelta(days=int(rule.period[:-1]) - 1)
        was, now = self._tier(rule.moved, who, ZONE.day_start(first)), self._tier(rule.moved, who, self.as_of)
        return was != now and (not rule.was or was in rule.was) and (not rule.now or now in rule.now)

    def _consented(self, rule: Consented, who: str) -> bool:
        return CONSENTS.get((rule.consent, rule.purpose), {}).get(who) == 1

    def _reachable(self, rule: Reachable, who: str) -> bool:
        refused = CONSENTS.get((rule.reachable, rule.purpose), {}).get(who) == 0
        return rule.reachable == "email" and bool(TRAITS["email"].get(who)) and not refused

    def _messaged(self, rule: Messaged, who: str) -> bool:
        names = {"sent": ("Message Sent",), "delivered": ("Email Delivered", "Message Delivered")}.get(rule.messages, ())
        mine = [one for one in self.events(who) if one.name in names and self.inside(one.at_us, rule.period)]
        if rule.channel:
            mine = [
                one
                for one in mine
                if (one.name.startswith("Email") and rule.channel == "email") or one.properties.get("channel") == rule.channel
            ]
        return _compared(rule.op, len(mine), rule.value)

    def _predicted(self, rule: Predicted, who: str) -> bool:  # noqa: ARG002 - nothing is predicted of anybody
        return rule.op == "is_not"


def _cents(refunds: list[Happening]) -> int:
    return int(sum(abs(cents(one.total)) for one in refunds if one.total is not None))


def _compared(op: str, value: float, wanted: Any) -> bool:
    several = wanted if isinstance(wanted, tuple) else (wanted,)
    found: dict[str, bool] = {
        "is": value in several,
        "is_not": value not in several,
        "gt": value > several[0],
        "gte": value >= several[0],
        "lt": value < several[0],
        "lte": value <= several[0],
        "between": several[0] <= value <= several[-1],
    }
    return found[op]


@st.composite
def rule_logs(draw: st.DrawFn) -> list[Happening]:
    """Logs with events that have properties, orders, and messages."""
    when = st.integers(0, 8 * 24).map(lambda hour: FIRST + timedelta(hours=hour))
    channel = st.sampled_from([{"channel": "sms"}, {"channel": "email"}, {}])
    messages = st.builds(
        Happening, st.sampled_from("xyz"), st.sampled_from(["Message Delivered", "Message Sent"]), when, properties=channel
    )
    return [*draw(event_logs(10)), *draw(happenings()), *draw(st.lists(messages, max_size=4))]


_periods = st.sampled_from(["all", "all", "1d", "2d", "3d", "2024-03-30..2024-03-31", "2024-04-01..2024-04-20"])
_days = st.sampled_from(["1d", "2d", "3d"])
_filters = st.sampled_from(
    [
        Filter("price", "gte", 2),
        Filter("kind", "is", ("red", "12")),
        Filter("kind", "is_not", "blue"),
        Filter("kind", "contains", "RE"),
        Filter("price", "exists"),
        Filter("price", "is", 1),
        Filter("price", "is", value=True),
    ]
)
_matches = st.one_of(
    st.builds(EventMatch, st.sampled_from([*NAMES, "*", "Nothing", ("A", "B"), "Order Completed"])),
    st.builds(
        EventMatch,
        st.sampled_from([*NAMES, "*"]),
        st.lists(_filters, min_size=1, max_size=2).map(tuple),
        st.sampled_from(["all", "any"]),
    ),
)
_numbers = st.sampled_from(
    [("gte", 1), ("gte", 2), ("is", 0), ("is", (1, 2)), ("is_not", 1), ("lt", 2), ("lte", 12.5), ("gt", 0), ("between", (1, 3))]
)
_traits = st.sampled_from(
    [
        HasTrait("city", "is", "Ulm"),
        HasTrait("city", "is_not", "Ulm"),
        HasTrait("nothing", "not_exists"),
        HasTrait("age", "between", (30, 40)),
        HasTrait("age", "is", (41, 30)),
        HasTrait("city", "contains", "ul"),
        HasTrait("renewal", "before", "2024-04-01"),
        HasTrait("renewal", "after", "2024-03-30"),
    ]
)
_day_ops = st.builds(
    HasTrait,
    st.sampled_from(["birthday", "renewal"]),
    st.sampled_from(["within_last", "more_than_ago", "within_next", "anniversary"]),
    st.sampled_from([1, 2, 4, 30]),
)
_figures = st.sampled_from(
    ["purchases", "revenue", "average_order_value", "days_since_first_purchase", "days_since_last_purchase"]
)
_tiers = st.sampled_from(
    ["activity/active", "activity/none", "frequency/none", "rfm/none", "value/low", ("activity/new", "activity/active")]
)

conditions: st.SearchStrategy[Rule] = st.one_of(
    _traits,
    _day_ops,
    st.builds(
        lambda match, measure, than, period: Did(match, measure, "price", than[0], than[1], period),
        _matches,
        st.sampled_from(["count", "days", "sum"]),
        _numbers,
        _periods,
    ),
    st.builds(FirstTime, _matches, _periods),
    st.builds(LastTime, _matches, _periods),
    st.builds(Sequence, _matches, _matches, st.sampled_from(["1h", "1d"]), st.booleans(), _periods),
    st.builds(lambda figure, than, period: Ordered(figure, than[0], than[1], period), _figures, _numbers, _periods),
    st.builds(InTier, _tiers, st.sampled_from(["", "", "2024-03-31", "2024-05-01"])),
    st.builds(
        Moved,
        st.sampled_from(["activity", "frequency"]),
        st.sampled_from([(), ("none",)]),
        st.sampled_from([(), ("active",)]),
        _days,
    ),
    st.sampled_from([*map(InSegment, [*SEGMENTS, "gone"]), Consented("email"), Consented("sms"), Predicted("ltv")]),
    st.sampled_from([Reachable("email"), Reachable("email", "service"), Reachable("sms"), Predicted("ltv", "is_not", 3)]),
    st.builds(
        lambda kind, channel, than, period: Messaged(kind, channel, than[0], than[1], period),
        st.sampled_from(["sent", "delivered", "opened"]),
        st.sampled_from(["", "email", "sms"]),
        _numbers,
        _periods,
    ),
)
rules: st.SearchStrategy[Rule] = st.recursive(
    conditions,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda some: All(tuple(some))),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: AnyOf(tuple(some))),
        inner.map(Not),
    ),
    max_leaves=6,
)
