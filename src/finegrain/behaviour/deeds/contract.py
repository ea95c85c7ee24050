"""What is measured of everybody: windows of time, and the figures of orders in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ALWAYS_US = -(2**62)
"""The start of a window that begins with time itself."""


class Deeds(NamedTuple):
    """Events that were asked for, by person; those of person ``p`` stand at ``[offsets[p], offsets[p + 1])``, in time order.

    Attributes:
        offsets: ``(P + 1,) int64``.
        time_us: ``(n,) int64``.
        row: ``(n,) int32``, rows of the log.
    """

    offsets: NDArray[np.int64]
    time_us: NDArray[np.int64]
    row: NDArray[np.int32]


class Window(NamedTuple):
    """The instants ``[start_us, end_us)``, microseconds since 1970 UTC."""

    start_us: int
    end_us: int


class OrderFigures(NamedTuple):
    """The orders in a window, by person; all arrays ``(P,)``.

    Attributes:
        purchases: ``int64``, orders that are not taken back.
        revenue_minor: ``int64``, all orders net of refunds; refunds that name no known order count at their own time.
        first_us, last_us: ``int64``, microseconds since 1970 UTC of the first and last purchase, ``NEVER`` without one.
    """

    purchases: NDArray[np.int64]
    revenue_minor: NDArray[np.int64]
    first_us: NDArray[np.int64]
    last_us: NDArray[np.int64]
