"""神策's checksum: Java's hash of the base64 text, as a signed 32-bit number."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CHUNK = 4096
_BITS = 32


def java_hash(text: str) -> int:
    """Give ``h = 31 h + c`` over the characters of ``text``, which must be ASCII, as Java and the JavaScript SDK count it.

    Examples:
        >>> java_hash(""), java_hash("a"), java_hash("finegrain")
        (0, 97, 466046721)
    """
    import numpy as np

    codes = np.frombuffer(text.encode("ascii", "replace"), dtype=np.uint8)
    total = 0
    for start in range(0, len(codes), _CHUNK):
        chunk = codes[start : start + _CHUNK]
        powers = _powers()[_CHUNK - len(chunk) :]
        # Unsigned numbers wrap around, which is the modulus that is wanted.
        total = (total * pow(31, len(chunk), 1 << _BITS) + int(np.dot(chunk.astype(np.uint32), powers))) % (1 << _BITS)
    return total - (1 << _BITS) if total >> (_BITS - 1) else total


def fits(text: str, claimed: str) -> bool:
    """Say whether ``claimed``, written ``123`` or ``crc=123``, is the checksum of ``text``."""
    return claimed.removeprefix("crc=").strip() == str(java_hash(text))


@cache
def _powers() -> NDArray[np.uint32]:
    import numpy as np

    return np.array([pow(31, place, 1 << _BITS) for place in reversed(range(_CHUNK))], dtype=np.uint32)
