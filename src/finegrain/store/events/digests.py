"""Digests of many texts at once, without asking an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORD = 8
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""2⁶⁴ divided by the golden ratio: Knuth, The Art of Computer Programming, volume 3, section 6.4."""
_HALF = np.uint64(32)


def digests(texts: pa.ChunkedArray) -> NDArray[np.uint64]:
    """Give a digest of each text, ``(n,)``: 64 bits, the same for the same text at any time; it keeps no secrets.

    Each eight bytes of the UTF-8 are mixed in by an exclusive or, a product and a shift, every one of which can be undone, so
    that texts of one length that differ in eight bytes only never share a digest.

    Args:
        texts: strings without nulls.
    """
    parts = [_digests(part.cast(pa.string())) for part in texts.chunks if len(part)]
    return np.concatenate([np.zeros(0, np.uint64), *parts])


def _digests(texts: pa.StringArray) -> NDArray[np.uint64]:
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    begins, lengths = ends[:-1] - ends[0], np.diff(ends)
    content = np.frombuffer(data or b"", np.uint8)[ends[0] : ends[-1]]
    padded = np.concatenate([content, np.zeros(_WORD, np.uint8)])
    # A word at every byte: the texts begin anywhere.
    words = np.ndarray((len(content) + 1,), "<u8", padded.data, strides=(1,))
    found = lengths.astype(np.uint64) * _FACTOR
    for at in range(0, int(lengths.max()), _WORD):
        found = _mixed(found, words, begins + at, lengths - at)
    return found


def _mixed(
    before: NDArray[np.uint64], words: NDArray[np.uint64], places: NDArray[np.int64], left: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """Mix one word into each digest whose text has bytes left; of the last word only the bytes of the text."""
    whole = bool(left.min() >= _WORD)
    word = words[places] if whole else _cut(words[np.minimum(places, len(words) - 1)], left)
    after = (before ^ word) * _FACTOR
    after ^= after >> _HALF
    return after if whole else np.where(left > 0, after, before)


def _cut(words: NDArray[np.uint64], left: NDArray[np.int64]) -> NDArray[np.uint64]:
    unwanted = (8 * (_WORD - np.clip(left, 1, _WORD))).astype(np.uint64)
    return (words << unwanted) >> unwanted
