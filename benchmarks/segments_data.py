"""A made-up shop to measure rules with: what everybody did, what they are, and rules of five conditions each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
import pyarrow as pa

from benchmarks.events import END_US, NAMES, Columns, make_events, state_of
from finegrain.audience.rules.builder import rule
from finegrain.behaviour.building import derive
from finegrain.behaviour.queries.columns import NumberColumn, TextColumn, frozen
from finegrain.behaviour.queries.snapshot import Snapshot
from finegrain.people.contract import TraitValues
from finegrain.zones import Zone, from_us

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finegrain.audience.rules.contract import Rule

_T = TypeVar("_T")
PEOPLE, EVENTS, SEGMENTS = 1_000_000, 20_000_000, 200
ZONE = Zone("Asia/Shanghai")
AS_OF = from_us(END_US)
CATEGORIES = tuple(f"category {number}" for number in range(40))
CITIES = tuple(f"city {number}" for number in range(300))
PERIODS = (3, 7, 14, 30, 60, 90)
TIERS = ("activity/active", "activity/silent", "frequency/active", "rfm/important_value")
ORDER = NAMES.index("Order Paid")


@dataclass(frozen=True)
class MadeColumns:
    """Two properties of the events: a text of forty values, and a number."""

    category: TextColumn
    price: NumberColumn

    def text(self, _name: str, _log: Any) -> TextColumn:
        """Give the text."""
        return self.category

    def number(self, _name: str, _log: Any) -> NumberColumn:
        """Give the number."""
        return self.price


@dataclass(frozen=True)
class World:
    """What everybody did, in order of arrival, and what they are.

    Attributes:
        events: who did what when; orders are the event Order Paid.
        minor: ``(orders,) int64``, their amounts in minor units.
        category: ``(N,) int32``, places in ``CATEGORIES``, −1 for none.
        price: ``(N,) float64``.
        traits: of everybody.
    """

    events: Columns
    minor: NDArray[np.int64]
    category: NDArray[np.int32]
    price: NDArray[np.float64]
    traits: dict[str, TraitValues]

    def snapshot(self) -> Snapshot:
        """Give the index over it."""
        state = state_of(self.events)
        rows = np.flatnonzero(self.events.event == ORDER)
        none, all_of = np.zeros(len(rows), np.int8), np.ones(len(rows), np.bool_)
        nameless = np.full(len(rows), -1, np.int32)
        log = replace(state.log, order_rows=rows, order_kind=none, order_id=nameless, minor=self.minor, has_total=all_of)
        category = TextColumn(frozen(self.category), pa.chunked_array([CATEGORIES]))
        made = MadeColumns(category, NumberColumn(frozen(self.price)))
        return Snapshot(derive(log, state.owners, "CNY"), log, cast("Any", made))

    def then(self, who: NDArray[np.int32], event: int, at_us: int) -> World:
        """Give the world after some people did the same at a moment, one microsecond apart; an order is one of 99.00.

        Args:
            who: ``(n,) int32`` person codes.
            event: the code of its name.
            at_us: when, microseconds since 1970 UTC.
        """
        made, more = self.events, len(who)
        events = Columns(
            np.append(made.person, who),
            np.append(made.time_us, at_us + np.arange(more)),
            np.append(made.event, np.full(more, event, np.int32)),
            made.people,
        )
        minor = np.append(self.minor, np.full(more if event == ORDER else 0, 9_900))
        category, price = np.append(self.category, np.full(more, -1, np.int32)), np.append(self.price, np.full(more, 99.0))
        return World(events, minor, category, price, self.traits)


def make_world(people: int, events: int, *, rng: np.random.Generator) -> World:
    """Make what everybody did, and what they are: everybody has a city, an age and a birthday, most an address."""
    made = make_events(people, events, rng=rng)
    minor = rng.integers(500, 50_000, int((made.event == ORDER).sum()))
    category = rng.integers(-1, len(CATEGORIES), events).astype(np.int32)
    price = np.round(rng.gamma(2, 50, events), 2)
    return World(made, minor, category, price, _traits(people, rng))


def _traits(people: int, rng: np.random.Generator) -> dict[str, TraitValues]:
    ids, nothing, ages = np.arange(1, people + 1), np.full(people, np.nan), rng.integers(15, 80, people)
    city = pa.array(CITIES).take(pa.array(rng.integers(0, len(CITIES), people)))
    birthday = pa.array(rng.integers(0, 20_000, people).astype("datetime64[D]").astype(str))
    mailed, called = ids[: people * 3 // 5], ids[people // 5 :]
    return {
        "city": TraitValues(ids, city, nothing),
        "age": TraitValues(ids, pa.array(ages).cast(pa.string()), ages.astype(np.float64)),
        "birthday": TraitValues(ids, birthday, nothing),
        "email": TraitValues(mailed, pa.array(f"{one}@example.com" for one in mailed.tolist()), nothing[: len(mailed)]),
        "phone": TraitValues(called, pa.array(f"+86 138 {one:08}" for one in called.tolist()), nothing[: len(called)]),
    }


def make_rules(count: int, *, rng: np.random.Generator) -> list[Rule]:
    """Make rules of five conditions each: how often, with which property, how otherwise, what they are, what they bought."""

    def pick(many: Sequence[_T]) -> _T:
        return many[int(rng.integers(len(many)))]

    found: list[Rule] = []
    for number in range(count):
        last = pick(PERIODS)
        often = rule.did(pick(NAMES), at_least=int(rng.integers(1, 6)), last_days=last)
        of_category = rule.did(rule.event(pick(NAMES[:4]), rule.where("category", "is", pick(CATEGORIES))), last_days=last)
        otherwise: list[Rule] = [
            rule.did(pick(NAMES), sum_of="price", at_least=100, last_days=last),
            rule.did("App Opened", days=True, at_least=3, last_days=last),
            rule.without("Product Added", "Order Paid", within="1d", last_days=last),
            rule.first_time(pick(NAMES), last_days=last),
        ]
        are: list[Rule] = [
            rule.trait("city").is_(pick(CITIES)),
            rule.trait("age").between(20, 20 + number % 30),
            rule.trait("birthday").anniversary(within_days=last),
        ]
        bought: list[Rule] = [
            rule.tier(pick(TIERS)),
            rule.orders("revenue", at_least=100, last_days=last),
            rule.orders("days_since_last_purchase", at_most=last),
        ]
        found.append(((often | of_category) & pick(otherwise) & ~pick(are)) | pick(bought))
    return found
