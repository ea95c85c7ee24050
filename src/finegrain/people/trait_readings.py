"""Traits as numbers: which texts are ones, and what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_DIGITS = "[0-9]+(_[0-9]+)*"
_NUMBER = rf"^[\t-\r ]*[+-]?({_DIGITS}\.?({_DIGITS})?|\.{_DIGITS})([eE][+-]?[0-9]+)?[\t-\r ]*$"
"""Texts that the event store, too, reads as numbers."""


def numbers_of(texts: pa.Array) -> NDArray[np.float64]:
    """Read texts as numbers.

    Args:
        texts: ``(n,) string``; numbers as JSON, and texts as they are.

    Returns:
        ``(n,) float64``, NaN where a text is null, or no finite number.

    Examples:
        >>> import pyarrow as pa
        >>> numbers_of(pa.array(["12", " 2.5 ", "1e400", "true", "dear", None])).tolist()
        [12.0, 2.5, nan, nan, nan, nan]
    """
    encoded = texts.dictionary_encode()
    distinct = encoded.dictionary
    looks = pc.match_substring_regex(distinct, _NUMBER).to_pylist()
    read = [float(text) if is_one else np.nan for text, is_one in zip(distinct.to_pylist(), looks, strict=True)]
    numbers = np.array([*read, np.nan], dtype=np.float64)
    numbers[~np.isfinite(numbers)] = np.nan
    found: NDArray[np.float64] = numbers[pc.fill_null(encoded.indices, -1).to_numpy()]
    return found
