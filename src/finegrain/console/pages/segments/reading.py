"""What the pages of segments ask for, off the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.audience.rules.reading import read_rule
from finegrain.audience.rules.sentences import sentence
from finegrain.console.holder import workspace
from finegrain.console.pages.people.rows import row_style
from finegrain.errors import FinegrainError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from finegrain.audience.segments.contract import PreviewResult, Segment


@dataclass(frozen=True)
class SegmentRow:
    """A segment of the list.

    Attributes:
        segment: the segment.
        sentence: its rule in the reader's language; empty for a list, or for a rule that cannot be read any more.
        share: of all people, 0 to 1; 0 where there is nobody.
    """

    segment: Segment
    sentence: str
    share: float


def segment_rows() -> list[SegmentRow]:
    """Give all segments by name."""
    ws = workspace()
    everybody = ws.people.count()
    return [SegmentRow(each, sentence_of(each), each.size / everybody if everybody else 0.0) for each in ws.segments.all()]


def sentence_of(segment: Segment) -> str:
    """Give the rule of a segment in the reader's language; empty where there is none, or none that can be read."""
    try:
        return "" if segment.rule is None else sentence(read_rule(segment.rule))
    except FinegrainError:  # an older version may have written what this one does not take; the page of the segment says so
        return ""


def preview(rule: Mapping[str, Any], name: str) -> PreviewResult:
    """Say whom a rule means; see ``SegmentService.preview``."""
    return workspace().segments.preview(rule, name=name)


def people_rows(people: Sequence[int], as_of: datetime) -> list[dict[str, Any]]:
    """Give people as rows of a table, those who spent most first."""
    ws = workspace()
    among = np.asarray(people, dtype=np.int64)
    found = ws.directory.search(as_of=as_of, among=among, sort="revenue", per_page=max(1, len(among)))
    style = row_style(ws, as_of)
    return [style.table_row(row) for row in found.rows]
