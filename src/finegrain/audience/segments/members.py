"""Lists of people in few bytes: what lies between two neighbouring numbers, compressed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NUMBER = np.dtype("<i8")


def packed(people: NDArray[np.int64]) -> bytes:
    """Pack person ids.

    Args:
        people: ``(n_people,) int64``, ascending, each once.

    Examples:
        >>> unpacked(packed(np.array([3, 4, 900], np.int64))).tolist()
        [3, 4, 900]
        >>> len(packed(np.arange(1, 1_000_001, dtype=np.int64))) < 20_000
        True
    """
    return zlib.compress(np.diff(people, prepend=np.int64(0)).astype(_NUMBER).tobytes())


def unpacked(data: bytes) -> NDArray[np.int64]:
    """Give the person ids that were packed: ``(n_people,) int64``, ascending."""
    return np.cumsum(np.frombuffer(zlib.decompress(data), _NUMBER).astype(np.int64))
