"""Who of everybody is meant, as one bit a person: an eighth of the memory of truth values, and put together in no time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Marks:
    """A set of people by person code.

    Attributes:
        bits: ``(⌈P / 8⌉,) uint8``, eight people a byte, the first in the highest bit; what is behind the last person is 0.
        size: ``P``, how many people there are in all.

    Examples:
        >>> some = Marks.of(np.array([True, False, True]))
        >>> some.count(), (~some).codes().tolist(), (some & ~some).count()
        (2, [1], 0)
        >>> some.among(np.array([2, 1])).tolist()
        [True, False]
    """

    bits: NDArray[np.uint8]
    size: int

    @classmethod
    def of(cls, truths: NDArray[np.bool_]) -> Marks:
        """Mark those for whom it is true, ``(P,) bool``."""
        return cls(np.packbits(truths), len(truths))

    @classmethod
    def all(cls, size: int) -> Marks:
        """Mark everybody."""
        return ~cls.none(size)

    @classmethod
    def none(cls, size: int) -> Marks:
        """Mark nobody."""
        return cls(np.zeros((size + 7) // 8, dtype=np.uint8), size)

    def __and__(self, other: Marks) -> Marks:
        """Give those who are in both."""
        return Marks(self.bits & other.bits, self.size)

    def __or__(self, other: Marks) -> Marks:
        """Give those who are in either."""
        return Marks(self.bits | other.bits, self.size)

    def __invert__(self) -> Marks:
        """Give everybody else."""
        others = ~self.bits
        if self.size % 8:
            others[-1] &= np.uint8(0xFF << (8 - self.size % 8) & 0xFF)
        return Marks(others, self.size)

    def count(self) -> int:
        """Give how many are marked; counted once."""
        return self._count

    @cached_property
    def _count(self) -> int:
        whole = len(self.bits) // 8 * 8
        words, rest = self.bits[:whole].view(np.uint64), self.bits[whole:]  # eight bytes at once
        return int(np.bitwise_count(words).sum(dtype=np.int64) + np.bitwise_count(rest).sum(dtype=np.int64))

    def truths(self) -> NDArray[np.bool_]:
        """Give them as ``(P,) bool``."""
        return np.unpackbits(self.bits, count=self.size).view(np.bool_)

    def codes(self) -> NDArray[np.int64]:
        """Give the codes of those who are marked, ``(n,) int64``, ascending."""
        return np.flatnonzero(self.truths())

    def among(self, codes: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say of some people whether they are marked, ``(n,) bool`` in their order."""
        marked: NDArray[np.bool_] = (self.bits[codes >> 3] >> (7 - (codes & 7)).astype(np.uint8) & 1).view(np.bool_)
        return marked

    def has(self, code: int) -> bool:
        """Say whether one person is marked."""
        return bool(self.bits[code >> 3] >> (7 - (code & 7)) & 1)
