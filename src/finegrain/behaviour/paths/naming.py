"""What the events of paths are called, as codes of names that stand in order of their texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.behaviour.paths._kernels import Names
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.snapshot import EventValues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finegrain.behaviour.paths.query import NamePattern, PathsQuery
    from finegrain.behaviour.queries.snapshot import Snapshot

_NO_CODES = frozen(np.zeros(0, dtype=np.int32))
_BITS = 32


@dataclass(frozen=True)
class Naming:
    """The names that events may have, and the arrays that say which has which.

    Attributes:
        texts: each name once, ascending; a name's code is its place.
        names: what the kernels read.
    """

    texts: pa.Array
    names: Names


def find_names(snapshot: Snapshot, query: PathsQuery) -> Naming:
    """Give what events are called; see ``PathsQuery``."""
    labels = [one.label for one in query.matchers]
    values, codes = pa.array([], pa.string()), _NO_CODES
    if query.name_by:
        column = EventValues(snapshot, query.name_by).text()
        values, codes = pa.concat_arrays([pa.array([], pa.string()), *column.texts.chunks]), column.codes
    # An empty text stays as it is: it names nothing, so that no pattern may give it a name.
    parts = [pa.array(snapshot.index.event_names, pa.string()), pa.array(labels, pa.string()), values]
    raw = pa.concat_arrays(parts)
    texts, code = _encode(pc.if_else(pc.equal(raw, ""), raw, rename(raw, query.patterns)))
    by_event, of_bit, of_value = np.split(code, np.cumsum([len(part) for part in parts])[:-1])
    of_value = np.where(pc.equal(values, "").to_numpy(zero_copy_only=False), np.int32(-1), of_value).astype(np.int32)
    labelled = sum(1 << bit for bit, label in enumerate(labels) if label)
    return Naming(
        texts,
        Names(
            by_event=frozen(by_event if len(by_event) else np.zeros(1, dtype=np.int32)),
            value=codes,
            of_value=frozen(np.append(of_value, np.int32(-1))),
            labelled=np.uint32(labelled),
            of_bit=frozen(np.pad(of_bit, (0, _BITS - len(of_bit)), constant_values=-1)),
        ),
    )


def rename(texts: pa.Array, patterns: Sequence[NamePattern]) -> pa.Array:
    """Give each text the name of the first pattern that matches it, ``(n,) string``; others stay as they are."""
    named, free = texts, pa.array(np.ones(len(texts), dtype=np.bool_))
    for pattern in patterns:
        found = pc.and_(free, pc.match_substring_regex(texts, pattern.regex))
        named = pc.if_else(found, pattern.name, named)
        free = pc.and_not(free, found)
    return named


def _encode(raw: pa.Array) -> tuple[pa.Array, NDArray[np.int32]]:
    """Give the different texts ascending, and the code of each."""
    encoded = raw.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    code: NDArray[np.int32] = rank[encoded.indices.to_numpy()]
    return encoded.dictionary.take(pa.array(order)), code
