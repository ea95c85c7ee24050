"""Segments in the ops store: written and read back, and what rules ask of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import delete, insert, select, update

from finegrain.access.recording import record
from finegrain.audience.rules.contract import InSegment
from finegrain.audience.rules.errors import BadRuleError
from finegrain.audience.rules.reading import read_rule, walk
from finegrain.audience.segments.contract import Segment
from finegrain.audience.segments.errors import SegmentExistsError, SegmentInUseError
from finegrain.audience.segments.members import unpacked
from finegrain.audience.segments.tables import SegmentTable
from finegrain.behaviour.errors import UnknownSegmentError

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from finegrain.audience.rules.contract import Rule
    from finegrain.people.service import PeopleService
    from finegrain.store.ops import OpsStore

_SHOWN = tuple(getattr(SegmentTable, name) for name in Segment.__dataclass_fields__)


class KeptSegments:
    """Keeps segments. Safe to use from several threads.

    Args:
        ops: where they are kept.
        people: who has which number now.
    """

    def __init__(self, ops: OpsStore, people: PeopleService) -> None:
        self._ops = ops
        self._people = people

    def add(self, segment: Segment, members: bytes, *, replace: bool = False) -> None:
        """Write a segment.

        Raises:
            SegmentExistsError: the name is taken, and nothing is to be replaced.
        """
        row = {**vars(segment), "members": members}
        after = {"people": segment.size, "origin": segment.origin}
        if segment.rule is not None:
            after = {"people": segment.size, "rule": segment.rule}
        with self._ops.session() as session:
            taken = session.scalar(select(SegmentTable.name).where(SegmentTable.name == segment.name)) is not None
            if taken and not replace:
                raise SegmentExistsError(name=segment.name)
            if taken:
                session.execute(update(SegmentTable).where(SegmentTable.name == segment.name).values(row))
            else:
                session.execute(insert(SegmentTable).values(row))
            record(session, "segment.save", segment.name, after=after)

    def all(self) -> tuple[Segment, ...]:
        """Give all segments by name."""
        with self._ops.reading() as session:
            return tuple(Segment(*row) for row in session.execute(select(*_SHOWN).order_by(SegmentTable.name)))

    def get(self, name: str) -> Segment:
        """Give one segment.

        Raises:
            UnknownSegmentError: there is no such segment.
        """
        with self._ops.reading() as session:
            row = session.execute(select(*_SHOWN).where(SegmentTable.name == name)).one_or_none()
        if row is None:
            raise UnknownSegmentError(name=name)
        return Segment(*row)

    def delete(self, name: str) -> None:
        """Forget a segment.

        Raises:
            UnknownSegmentError: there is no such segment.
            SegmentInUseError: the rule of another one names it.
        """
        users = [other for other, rule in self.rules()[0].items() if other != name and _named(rule, {name})]
        if users:
            raise SegmentInUseError(name=name, users=", ".join(users))
        with self._ops.session() as session:
            size = _size(session, name)
            session.execute(delete(SegmentTable).where(SegmentTable.name == name))
            record(session, "segment.delete", name, before={"people": size})

    def set_sizes(self, sizes: Mapping[str, int], as_of: datetime, computed_at: datetime) -> None:
        """Write the sizes that were found of rules."""
        with self._ops.session() as session:
            for name, size in sizes.items():
                found = update(SegmentTable).where(SegmentTable.name == name, SegmentTable.rule.is_not(None))
                session.execute(found.values(size=size, as_of=as_of, computed_at=computed_at))

    def rules(self) -> tuple[dict[str, Rule], dict[str, str]]:
        """Give the rules of all segments that are rules, by name, and why some cannot be read any more, by name.

        What names a segment that cannot be read cannot be computed either.
        """
        found: dict[str, Rule] = {}
        failed: dict[str, str] = {}
        for segment in self.all():
            if segment.rule is not None:
                try:
                    found[segment.name] = read_rule(segment.rule)
                except BadRuleError as error:
                    failed[segment.name] = str(error)
        while lost := {name: _named(rule, failed) for name, rule in found.items() if _named(rule, failed)}:
            failed |= {name: failed[other] for name, other in lost.items()}
            found = {name: rule for name, rule in found.items() if name not in lost}
        return found, failed

    def names(self) -> list[str]:
        """Give the names of all segments, in order."""
        with self._ops.reading() as session:
            return list(session.scalars(select(SegmentTable.name).order_by(SegmentTable.name)))

    def meaning(self, name: str) -> Rule | NDArray[np.int64] | None:
        """Give a segment's rule, or the ids of its list as the people they are now, ascending; None where there is none."""
        with self._ops.reading() as session:
            row = session.execute(select(SegmentTable.rule, SegmentTable.members).where(SegmentTable.name == name)).one_or_none()
        if row is None:
            return None
        if row.rule is not None:
            return read_rule(row.rule)
        living = self._people.living(unpacked(row.members))
        found: NDArray[np.int64] = np.unique(living[living > 0])
        return found


def _named(rule: Rule, names: Container[str]) -> str:
    """Give one of some segments that a rule names; empty where it names none of them."""
    named = (one.segment for _path, one in walk(rule) if isinstance(one, InSegment))
    return next((name for name in named if name in names), "")


def _size(session: Session, name: str) -> Any:
    size = session.scalar(select(SegmentTable.size).where(SegmentTable.name == name))
    if size is None:
        raise UnknownSegmentError(name=name)
    return size
