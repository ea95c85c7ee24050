"""Sets of people as bits: what they say of everybody is what truth values say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from finegrain.audience.rules.marks import Marks

truths = st.lists(st.booleans(), max_size=200).map(lambda found: np.array(found, dtype=np.bool_))


@given(truths)
def test_marks_count_and_say_what_truth_values_say(marked: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
    marks, codes = Marks.of(marked), np.arange(len(marked))
    assert marks.count() == marks.count() == marked.sum()
    assert (~marks).count() == len(marked) - marked.sum()
    assert marks.codes().tolist() == codes[marked].tolist()
    assert marks.among(codes[::-1]).tolist() == marked[::-1].tolist()
