"""Digests of texts, against the same sums done slowly."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from finegrain.store.events.digests import digests

GOLDEN, MOST = 0x9E3779B97F4A7C15, 2**64 - 1
TEXTS = st.lists(st.text(max_size=40), max_size=30)


def slowly(text: str) -> int:
    """Give the digest of one text, word by word."""
    content = text.encode()
    found = len(content) * GOLDEN & MOST
    for at in range(0, len(content), 8):
        found = (found ^ int.from_bytes(content[at : at + 8], "little")) * GOLDEN & MOST
        found ^= found >> 32
    return found


@given(TEXTS, st.integers(0, 30), st.sampled_from([pa.string(), pa.large_string()]))
def test_each_text_has_its_own_digest_whatever_stands_beside_it(texts: list[str], cut: int, kind: pa.DataType) -> None:
    array = pa.array(texts, kind)
    found = digests(pa.chunked_array([array[:cut], array[cut:]]))
    assert found.dtype == np.uint64
    assert found.tolist() == [slowly(text) for text in texts]


def test_ids_that_differ_anywhere_have_different_digests() -> None:
    texts = [f"{number:08x}-{place:04x}-message" for number in range(200) for place in range(50)] + ["a" * n for n in range(300)]
    assert len(set(digests(pa.chunked_array([texts])).tolist())) == len(texts)


def test_no_texts_have_no_digests() -> None:
    assert digests(pa.chunked_array([], pa.string())).tolist() == []
    assert digests(pa.chunked_array([pa.array([], pa.string())])).tolist() == []
