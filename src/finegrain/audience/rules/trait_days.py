"""The days that traits name, read once for everybody and kept until the trait changes: a million texts take seconds to read."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from finegrain.audience.rules.days import NO_DAY, month_day, ordinal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.people.contract import TraitValues
    from finegrain.zones import Zone

MOST_KEPT = 16
"""Traits whose days are kept; of more, the one that was not asked for longest goes."""


class TraitDays:
    """Reads days. Safe to use from several threads.

    Args:
        zone: in which times lie on a day.
    """

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._kept: dict[tuple[str, bool], tuple[TraitValues, NDArray[np.int64]]] = {}
        self._lock = threading.Lock()

    def of(self, name: str, values: TraitValues, place: NDArray[np.int64], *, anniversary: bool) -> NDArray[np.int64]:
        """Give the day of some people's trait.

        Args:
            name: the trait's.
            values: of everybody who has it.
            place: ``(n,) int64``, where each one's value stands; −1 for nowhere.
            anniversary: whether what comes round every year is asked for, else ordinals.

        Returns:
            ``(n,) int64``; ``NO_DAY`` where there is none.
        """
        key = (name, anniversary)
        with self._lock:
            kept = self._kept.pop(key, None)
            if kept is None or kept[0] is not values:
                if len(place) < len(values.person_ids):
                    some = values.texts.take(pa.array(place, mask=place < 0))
                    return self._read(some, anniversary=anniversary)
                kept = (values, np.append(self._read(values.texts, anniversary=anniversary), NO_DAY))
            self._kept[key] = kept
            while len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        found: NDArray[np.int64] = kept[1][place]
        return found

    def _read(self, texts: pa.Array, *, anniversary: bool) -> NDArray[np.int64]:
        encoded, read = texts.dictionary_encode(), month_day if anniversary else ordinal
        days = [NO_DAY if text is None else read(text, self._zone) for text in encoded.dictionary.to_pylist()]
        found: NDArray[np.int64] = np.array([*days, NO_DAY], dtype=np.int64)[encoded.indices.fill_null(-1).to_numpy()]
        return found
