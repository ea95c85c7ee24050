"""In which civil bucket an instant lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.behaviour._jit import inlined

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@inlined
def bucket_at(edges_us: NDArray[np.int64], per_us: float, us: int) -> int:
    """Give the bucket of an instant that does not lie before the first one; the number of buckets beyond the last.

    Args:
        edges_us: ``(B + 1,)``, ascending.
        per_us: buckets a microsecond, on average.
        us: the instant.
    """
    last = len(edges_us) - 1
    if us >= edges_us[last]:
        return last
    # Civil buckets differ little in length: a guess and a step or two beat a search.
    bucket = int((us - edges_us[0]) * per_us)
    while edges_us[bucket] > us:
        bucket -= 1
    while edges_us[bucket + 1] <= us:
        bucket += 1
    return bucket
