"""What an engine finds out for a churn diagnosis; the result is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from finegrain.behaviour.queries.contract import Selection

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.contract import EventMatch


@dataclass(frozen=True)
class LeftOut:
    """Who is in neither group, ids ascending, each ``(n,) int64``.

    Attributes:
        too_new: the window would begin before they were known.
        outside: the index moment lies outside the period, or less than the silence before its end, or there is none.
        back: they were silent after the index moment, and came back.
    """

    too_new: NDArray[np.int64]
    outside: NDArray[np.int64]
    back: NDArray[np.int64]


@dataclass(frozen=True)
class Histories:
    """Everybody who went silent or stayed, one row each, by person id ascending; ``n`` rows.

    Attributes:
        person_id: ``(n,) int64``.
        silent: ``(n,) bool``.
        index_us: ``(n,) int64``, the moment up to which was looked, microseconds since 1970 UTC.
        known_us: ``(n,) int64``, since when the person is known.
        visits: ``(n,) int32``, visits in the window before the moment, that which ends with it included: 1 or more.
        orders: ``(n,) int32``, orders in the window, also those refunded.
        revenue_minor: ``(n,) int64``, orders net of refunds in the earlier period up to the moment, as known then.
        messages: ``(n,) int32``, messages in the window.
        last_event: ``(n,) int32``, place in ``names`` of the last sign of life; −1 where it is not among them.
        present: ``(n, names) bool``, which events lie in the window.
        stopped: ``(n, steps) bool``, which steps were reached in the window without the next one after; never the last.
        names: of the events that lie in anybody's window, in order of the text; of more than 200 those in the most windows.
        message: what counts as a message; None where the data hold none.
        steps: the steps on the way to a purchase; empty where there are none.
        left_out: who is in neither group.
    """

    person_id: NDArray[np.int64]
    silent: NDArray[np.bool_]
    index_us: NDArray[np.int64]
    known_us: NDArray[np.int64]
    visits: NDArray[np.int32]
    orders: NDArray[np.int32]
    revenue_minor: NDArray[np.int64]
    messages: NDArray[np.int32]
    last_event: NDArray[np.int32]
    present: NDArray[np.bool_]
    stopped: NDArray[np.bool_]
    names: tuple[str, ...]
    message: EventMatch | None
    steps: tuple[EventMatch, ...]
    left_out: LeftOut


GroupName = Literal["silent", "stayed", "too_new", "outside", "back"]


@dataclass(frozen=True)
class ChurnSelection(Selection):
    """Whom to list of a churn diagnosis.

    Attributes:
        group: who went silent, who stayed, or one of those left out.
        matched: only people for whom there is somebody alike in the other group.
        sign: place in ``signs``, from 0: only people who are comparable for that sign; None for any.
        having: of those, only people with the sign, or only those without it; None for both.
    """

    group: GroupName = "silent"
    matched: bool = False
    sign: int | None = None
    having: bool | None = None
