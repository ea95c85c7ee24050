"""What a query is answered over, worked out once for either engine: instants, buckets, and whose behaviour counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from finegrain.people.contract import TraitHistory, TraitValues

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.contract import Breakdown, Filter
    from finegrain.behaviour.queries.periods import Days
    from finegrain.zones import Zone

__all__ = ["Scope", "TraitHistory", "TraitValues", "Traits"]


@dataclass(frozen=True)
class Traits:
    """The traits that a query's filters and its breakdown name."""

    now: dict[str, TraitValues] = field(default_factory=dict)
    history: dict[str, TraitHistory] = field(default_factory=dict)


@dataclass(frozen=True)
class Scope:
    """What a query is answered over.

    Attributes:
        zone: the project's.
        days: the period, civil days.
        start_us, end_us: the period as instants, the end excluded.
        now_us: the present; later events are not known yet, and what ends later is still open.
        session_gap_us: a session ends when so long passes without an event other than a message to the person.
        audience: ids of the people whose behaviour counts, ``(n,) int64`` ascending; None for everybody.
        filters: conditions that every event must meet.
        breakdown: splits the answer.
        traits: those that the query names.
        currency: of amounts of money.
    """

    zone: Zone
    days: Days
    start_us: int
    end_us: int
    now_us: int
    session_gap_us: int
    currency: str
    audience: NDArray[np.int64] | None = None
    filters: tuple[Filter, ...] = ()
    breakdown: Breakdown | None = None
    traits: Traits = field(default_factory=Traits)

    @property
    def over_us(self) -> int:
        """The end of the period, or the present where the period is not over yet."""
        return min(self.end_us, self.now_us)
