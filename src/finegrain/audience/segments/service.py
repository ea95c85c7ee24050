"""The segments of a workspace: keeps lists of people under names, and gives them back as the people they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import delete, insert, select

from finegrain.access.acting import require
from finegrain.access.recording import record
from finegrain.audience.segments.contract import Segment
from finegrain.audience.segments.errors import BadSegmentError, SegmentExistsError
from finegrain.audience.segments.members import packed, unpacked
from finegrain.audience.segments.tables import SegmentTable
from finegrain.behaviour.errors import UnknownSegmentError
from finegrain.i18n import Phrase
from finegrain.people.errors import UnknownPersonError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from finegrain.clock import Clock
    from finegrain.people.service import PeopleService
    from finegrain.store.ops import OpsStore

LONGEST_NAME, LONGEST_DESCRIPTION = 100, 2_000
_SHOWN = (
    SegmentTable.name,
    SegmentTable.description,
    SegmentTable.origin,
    SegmentTable.size,
    SegmentTable.made_at,
    SegmentTable.made_by,
)


class SegmentService:
    """Keeps segments. Safe to use from several threads.

    Args:
        ops: where they are kept.
        people: who has which number now.
        clock: where the time comes from.
    """

    def __init__(self, ops: OpsStore, people: PeopleService, clock: Clock) -> None:
        self._ops = ops
        self._people = people
        self._clock = clock

    def save(
        self,
        name: str,
        people: Sequence[int] | NDArray[np.int64],
        *,
        description: str = "",
        origin: Mapping[str, Any] | None = None,
    ) -> Segment:
        """Keep a list of people under a name.

        Args:
            name: 1 to 100 printable characters, not taken yet; spaces around it are left out.
            people: person ids in any order; one that comes twice counts once. Nobody at all is a segment, too.
            description: up to 2,000 characters.
            origin: what the list was taken from, as JSON values.

        Raises:
            NotAllowedError: the actor may not set up strategies, of which segments are a part.
            BadSegmentError: name or description cannot be used.
            UnknownPersonError: nobody ever had one of the ids; nothing is kept then.
            SegmentExistsError: the name is taken.
        """
        actor = require("strategy:write")
        made = Segment(_checked_name(name), _checked(description), dict(origin or {}), 0, self._clock.now(), actor.name)
        members = self._known(np.unique(np.asarray(people, np.int64)))
        row = {**made.__dict__, "members": packed(members), "size": len(members)}
        with self._ops.session() as session:
            if session.scalar(select(SegmentTable.name).where(SegmentTable.name == made.name)) is not None:
                raise SegmentExistsError(name=made.name)
            session.execute(insert(SegmentTable).values(row))
            record(session, "segment.save", made.name, after={"people": len(members), "origin": made.origin})
        return self.get(made.name)

    def _known(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        living = self._people.living(people)
        if (living == 0).any():
            raise UnknownPersonError(person=int(people[living == 0][0]))
        return np.unique(living)

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

    def members(self, name: str) -> NDArray[np.int64]:
        """Give the ids of the people in a segment as they are now: those who were merged since count once, as one person.

        Returns:
            ``(n_people,) int64``, ascending.

        Raises:
            UnknownSegmentError: there is no such segment.
        """
        with self._ops.reading() as session:
            data = session.scalar(select(SegmentTable.members).where(SegmentTable.name == name))
        if data is None:
            raise UnknownSegmentError(name=name)
        living = self._people.living(unpacked(data))
        return np.unique(living[living > 0])

    def delete(self, name: str) -> None:
        """Forget a segment; its people stay.

        Raises:
            NotAllowedError: the actor may not set up strategies, of which segments are a part.
            UnknownSegmentError: there is no such segment.
        """
        require("strategy:write")
        with self._ops.session() as session:
            size = _size(session, name)
            session.execute(delete(SegmentTable).where(SegmentTable.name == name))
            record(session, "segment.delete", name, before={"people": size})


def _size(session: Session, name: str) -> int:
    size = session.scalar(select(SegmentTable.size).where(SegmentTable.name == name))
    if size is None:
        raise UnknownSegmentError(name=name)
    return size


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        allowed = Phrase("1 to {most} printable characters", most=LONGEST_NAME)
        raise BadSegmentError(field=Phrase("name"), value=f"“{name[:LONGEST_NAME]}”", allowed=allowed)
    return name


def _checked(description: str) -> str:
    if len(description) > LONGEST_DESCRIPTION or "\0" in description:
        allowed = Phrase("at most {most} characters", most=LONGEST_DESCRIPTION)
        raise BadSegmentError(field=Phrase("description"), value=f"“{description[:50]}…”", allowed=allowed)
    return description
