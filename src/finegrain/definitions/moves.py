"""Whom changed definitions move: who enters and leaves each segment, and who is in another tier of each scheme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finegrain.definitions.contract import SchemeMove, SegmentMove, TierMove

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from finegrain.audience.tiers.contract import TierAssignment
    from finegrain.definitions.kinds import Rooms

_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Standing:
    """Who is where as of a moment.

    Attributes:
        segments: ids of the people of each, ascending.
        schemes: everybody's tier in each.
    """

    segments: dict[str, NDArray[np.int64]]
    schemes: dict[str, TierAssignment]


def standing(rooms: Rooms, as_of: datetime) -> Standing:
    """Find out who is where; a pass over everybody for each scheme and each condition."""
    segments = {segment.name: rooms.segments.members(segment.name, as_of) for segment in rooms.segments.all()}
    return Standing(segments, {name: rooms.tiering.compute(name, as_of).assignment for name in rooms.tiering.names()})


def segment_moves(before: Standing, after: Standing) -> tuple[SegmentMove, ...]:
    """Give the segments whose people differ, and those that come or go, by name."""
    names = sorted(before.segments.keys() | after.segments.keys())
    moves = (_segment_move(name, before.segments.get(name), after.segments.get(name)) for name in names)
    return tuple(move for move in moves if move is not None)


def _segment_move(name: str, before: NDArray[np.int64] | None, after: NDArray[np.int64] | None) -> SegmentMove | None:
    was, now = (_NONE if people is None else people for people in (before, after))
    stay = len(np.intersect1d(was, now, assume_unique=True))
    move = SegmentMove(name, len(was), len(now), len(now) - stay, len(was) - stay)
    return None if before is not None and after is not None and not move.enter + move.leave else move


def scheme_moves(before: Standing, after: Standing) -> tuple[SchemeMove, ...]:
    """Give the schemes in which somebody is in another tier, and those that come or go, by name."""
    names = sorted(before.schemes.keys() | after.schemes.keys())
    moves = (_scheme_move(name, before.schemes.get(name), after.schemes.get(name)) for name in names)
    return tuple(move for move in moves if move is not None)


def _scheme_move(name: str, before: TierAssignment | None, after: TierAssignment | None) -> SchemeMove | None:
    known = before or after
    if known is None:
        return None
    nowhere = np.zeros(len(known.person_ids), dtype=np.int64)
    (was_keys, was), (now_keys, now) = (
        (("",), nowhere) if one is None else (one.keys, one.codes.astype(np.int64)) for one in (before, after)
    )
    size = len(was_keys) * len(now_keys)
    counts = np.bincount(was * len(now_keys) + now, minlength=size).reshape(len(was_keys), -1)
    cells = ((was_keys[i], now_keys[j], int(counts[i, j])) for i, j in zip(*np.nonzero(counts), strict=True))
    moves = [TierMove(*cell) for cell in cells if cell[0] != cell[1]]
    moves.sort(key=lambda move: (-move.people, move))
    found = SchemeMove(name, sum(move.people for move in moves), tuple(moves))
    return found if found.people or before is None or after is None else None
