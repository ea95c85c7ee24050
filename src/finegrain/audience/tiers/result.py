"""What computing a scheme gives: tiers with figures, the people in them, and why each is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.audience.errors import UnknownTierError
from finegrain.audience.tiers.contract import Tier
from finegrain.audience.tiers.shown import tier_table, to_html
from finegrain.i18n import _
from finegrain.money import Money

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from finegrain.audience.tiers.contract import Explanation, Note, OrdersOf, SchemeName, Threshold, TierAssignment
    from finegrain.audience.tiers.schemes.base import Scheme
    from finegrain.behaviour.contract import PersonFacts
    from finegrain.zones import Zone


@dataclass(frozen=True, repr=False, eq=False)
class Basis:
    """What a result was computed from; kept so that it can be explained."""

    scheme: Scheme[Any]
    values: dict[str, float | str]
    bounds: Any
    facts: PersonFacts
    zone: Zone
    currency: str
    orders_of: OrdersOf | None = None


@dataclass(frozen=True, repr=False, eq=False)
class TierResult:
    """Everybody sorted into the tiers of one scheme as of a moment.

    Attributes:
        scheme: the scheme's name.
        as_of: only what happened before this moment counts; aware, in UTC.
        thresholds: the thresholds that were used.
        tiers: all tiers of the scheme in canonical order, empty ones included.
        assignment: who is in which.
        currency: of all amounts.
    """

    scheme: SchemeName
    as_of: datetime
    thresholds: tuple[Threshold, ...]
    tiers: tuple[Tier, ...]
    assignment: TierAssignment
    currency: str
    basis: Basis
    note_templates: tuple[Note, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """The bounds that were used, as sentences in the reader's language."""
        return tuple(note.text() for note in self.note_templates)

    @property
    def total(self) -> int:
        """How many people there are; the sum over all tiers."""
        return len(self.assignment.person_ids)

    def tier(self, key: str) -> Tier:
        """Give the tier ``key``.

        Raises:
            UnknownTierError: the scheme has no such tier.
        """
        return self.tiers[self._place(key)]

    def people(self, key: str) -> NDArray[np.int64]:
        """Give the ids of the people in tier ``key``, ascending; as many as the tier counts.

        Raises:
            UnknownTierError: the scheme has no such tier.
        """
        found: NDArray[np.int64] = self.assignment.person_ids[self.assignment.codes == self._place(key)]
        return found

    def tier_of(self, person_id: int) -> str:
        """Give the key of the tier that the person is in.

        Raises:
            UnknownPersonError: there is no such person.
        """
        return self.assignment.keys[int(self.assignment.codes[self.place_of(person_id)])]

    def explain(self, person_id: int) -> Explanation:
        """Say why a person is in their tier, and when the passage of time alone will move them.

        Raises:
            UnknownPersonError: there is no such person.
        """
        return self.basis.scheme.explain(self, person_id)

    def place_of(self, person_id: int) -> int:
        """Give the place of a person in the arrays of ``assignment``.

        Raises:
            UnknownPersonError: there is no such person.
        """
        from finegrain.people.errors import UnknownPersonError

        ids = self.assignment.person_ids
        place = int(np.searchsorted(ids, person_id))
        if place == len(ids) or ids[place] != person_id:
            raise UnknownPersonError(person=person_id)
        return place

    def _place(self, key: str) -> int:
        if key not in self.assignment.keys:
            raise UnknownTierError(scheme=self.scheme, name=key, allowed=", ".join(self.assignment.keys))
        return self.assignment.keys.index(key)

    def to_dict(self) -> dict[str, Any]:
        """Give tiers, thresholds and notes as JSON values: names and notes in the reader's language, money in major units."""
        return {
            "scheme": self.scheme,
            "as_of": self.as_of.astimezone(self.basis.zone.info).isoformat(),
            "currency": self.currency,
            "people": self.total,
            "tiers": [tier_dict(tier, self.currency) for tier in self.tiers],
            "thresholds": {threshold.name: threshold.value for threshold in self.thresholds},
            "notes": list(self.notes),
        }

    def to_arrow(self) -> pa.Table:
        """Give one row a person: ``person_id``, ``tier``, and the figures behind it; times in UTC, money in minor units."""
        import pyarrow as pa

        facts, assignment = self.basis.facts, self.assignment
        keys = pa.DictionaryArray.from_arrays(pa.array(assignment.codes, pa.int8()), pa.array(assignment.keys, pa.string()))
        last = pa.array(facts.last_purchase_us, pa.timestamp("us", tz="UTC"), mask=facts.purchases == 0)
        columns = {
            "person_id": assignment.person_ids,
            "tier": keys,
            "purchases": facts.purchases,
            "revenue_minor": facts.revenue_minor,
            "last_purchase": last,
        }
        return pa.table(columns)

    def to_pandas(self) -> pd.DataFrame:
        """Give ``to_arrow`` as a pandas frame; needs the extra ``pandas``."""
        frame: pd.DataFrame = self.to_arrow().to_pandas()
        return frame

    def __repr__(self) -> str:
        sizes = ", ".join(f"{tier.key}={tier.people}" for tier in self.tiers)
        return f"TierResult({self.scheme} as of {self.as_of.isoformat()}: {sizes})"

    def _repr_html_(self) -> str:
        head, rows = tier_table(self.tiers, self.currency)
        title = f"{_(self.basis.scheme.label)} · {self.as_of.astimezone(self.basis.zone.info):%Y-%m-%d %H:%M}"
        return to_html(title, head, rows, self.notes)


def tier_dict(tier: Tier, currency: str) -> dict[str, Any]:
    """Give one tier as JSON values: name in the reader's language, money in major units."""
    average = tier.average_order_value_minor
    return {
        "key": tier.key,
        "name": _(tier.name),
        "description": _(tier.description),
        "people": tier.people,
        "share": tier.share,
        "revenue": float(Money(currency, tier.revenue_minor).major),
        "purchases": tier.purchases,
        "average_order_value": None if average is None else float(Money(currency, average).major),
    }


def summarise(basis: Basis, codes: NDArray[np.int8]) -> tuple[Tier, ...]:
    """Give every tier of the scheme with the figures of its people.

    Sums are exact below 2**53 minor units.
    """
    facts, labels = basis.facts, basis.scheme.tiers(basis.values)
    people = np.bincount(codes, minlength=len(labels))
    purchases, revenue = (
        np.bincount(codes, weights=figure, minlength=len(labels)) for figure in (facts.purchases, facts.revenue_minor)
    )
    return tuple(
        Tier(
            key=label.key,
            name=label.name,
            description=label.description,
            people=int(people[place]),
            share=int(people[place]) / len(codes) if len(codes) else 0.0,
            revenue_minor=int(revenue[place]),
            purchases=int(purchases[place]),
            average_order_value_minor=round(int(revenue[place]) / int(purchases[place])) if purchases[place] else None,
        )
        for place, label in enumerate(labels)
    )
