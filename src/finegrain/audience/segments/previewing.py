"""Whom a rule means, before it is kept: how many, some of them, in which other segments they are, how they can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finegrain.audience.rules.contract import InSegment, Reachable
from finegrain.audience.rules.reading import write_rule
from finegrain.audience.rules.sentences import sentence
from finegrain.audience.segments.contract import Overlap, PreviewResult, Reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.rules.evaluating import Evaluation

CHANNELS = ("email", "sms", "push", "wechat")
SAMPLE = 10


def preview(rule: Rule, evaluation: Evaluation, segments: Sequence[str], sample: int = SAMPLE) -> PreviewResult:
    """Preview a rule.

    Args:
        rule: the rule; checked before.
        evaluation: over everybody.
        segments: the names of the segments with which to compare.
        sample: how many people to show at most.
    """
    marks = evaluation.passing(rule)
    codes = marks.codes()
    spread = np.unique(np.linspace(0, len(codes) - 1, min(sample, len(codes))).round().astype(np.int64))
    others = {name: evaluation.passing(InSegment(name)) for name in segments}
    return PreviewResult(
        rule=write_rule(rule),
        sentence=sentence(rule),
        as_of=evaluation.ground.moment.as_of,
        people=len(codes),
        total=marks.size,
        sample=tuple(evaluation.ground.everybody.person_ids[codes[spread]].tolist()),
        overlaps=tuple(Overlap(name, (marks & other).count(), other.count()) for name, other in others.items()),
        reach=tuple(Reach(channel, (marks & evaluation.passing(Reachable(channel))).count()) for channel in CHANNELS),
    )
