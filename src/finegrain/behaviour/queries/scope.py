"""What a query is answered over, worked out once for either engine: instants, buckets, and whose behaviour counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.contract import Breakdown, Filter
    from finegrain.behaviour.queries.periods import Days
    from finegrain.zones import Zone


@dataclass(frozen=True)
class TraitValues:
    """One trait of everybody who has it: ``person_ids`` ``(n,) int64`` ascending, ``texts`` and ``numbers`` (NaN where none)."""

    person_ids: NDArray[np.int64]
    texts: pa.Array
    numbers: NDArray[np.float64]


@dataclass(frozen=True)
class TraitHistory:
    """One trait over time: rows of one person together, ascending in ``from_us``; a null text where it has no value.

    Before a person's first row the trait has no value.
    """

    person_ids: NDArray[np.int64]
    from_us: NDArray[np.int64]
    texts: pa.Array
    numbers: NDArray[np.float64]


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
        now_us: the present; what ends later is still open.
        session_gap_us: a session ends when so long passes without an event.
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
