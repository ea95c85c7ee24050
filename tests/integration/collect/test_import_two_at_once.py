"""Imports and their checks that run at the same time in one process, as those of two open pages do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from finegrain.collect.imports.checks import check_mapping
from finegrain.collect.imports.errors import BadTimeFormatError
from finegrain.collect.mapping.contract import Mapping

COLUMNS = {"person": "u", "event": "e", "time": "t"}


def test_patterns_for_times_are_checked_side_by_side() -> None:
    mapping = Mapping("events", COLUMNS, time_format="%Y/%m/%d %H:%M")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _turn: check_mapping("events", mapping), range(200)))


@pytest.mark.parametrize("pattern", ["%Q", "yesterday", "%"])
def test_pattern_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(BadTimeFormatError, match="is not a pattern for times"):
        check_mapping("events", Mapping("events", COLUMNS, time_format=pattern))
