"""The people of a workspace: registers the ids that are seen, keeps traits, finds people."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import func, or_, select

from finegrain.access.acting import require
from finegrain.access.recording import record
from finegrain.clock import SystemClock
from finegrain.people import linking, reading, trait_writing, writing
from finegrain.people.columns import read_columns
from finegrain.people.errors import UnknownPersonError
from finegrain.people.neighbourhood import read_ids
from finegrain.people.tables import DistinctIdTable, IdSpanTable, PeopleRevisionTable, PersonTable, TraitChangeTable, TraitTable
from finegrain.people.trait_columns import TraitColumns
from finegrain.store.ops.among import among

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from finegrain.clock import Clock
    from finegrain.people.contract import Edge, IdSpan, Link, Ownership, Person, TraitChange, TraitHistory, TraitValues
    from finegrain.store.ops import OpsStore

_T = TypeVar("_T")
CHUNK = 500
"""Ids in one IN list; well below SQLite's limit on variables."""


class PeopleService:
    """Who the people are and what is known of them.

    Args:
        ops: the ops store.
        clock: where the present time comes from; the machine's clock by default.
    """

    def __init__(self, ops: OpsStore, clock: Clock | None = None) -> None:
        self._ops = ops
        self._clock = clock or SystemClock()
        self._columns = TraitColumns(ops)
        self._told: list[Callable[[], None]] = []

    def register(self, distinct_ids: Sequence[str], seen_at: datetime | Sequence[datetime]) -> NDArray[np.int64]:
        """Give the person of each id, making a new person for each id that is not known.

        Args:
            distinct_ids: ids, repeats allowed.
            seen_at: when they were seen, one for all or one each; an earlier sight moves ``known_since`` back.

        Returns:
            ``(n_ids,) int64`` person ids.
        """
        with self._ops.session() as session:
            return writing.register(session, distinct_ids, seen_at)

    def set_traits(self, changes: Iterable[TraitChange]) -> int:
        """Change traits, registering unknown ids; give how many values changed. Older changes never overwrite newer values."""
        with self._ops.session() as session:
            return trait_writing.set_traits(session, list(changes))

    def link(self, links: Iterable[Link]) -> linking.Applied:
        """Link ids, registering unknown ones; links that say nothing new change nothing, and their order does not matter."""
        with self._ops.session() as session:
            return linking.apply_links(session, list(links))

    def edges(self, person_id: int) -> list[Edge]:
        """Give all links of a person's ids, also dropped ones, the oldest first.

        Raises:
            UnknownPersonError: nobody has the number.
        """
        with self._ops.reading() as session:
            return reading.edges(session, reading.living(session, person_id))

    def unmerge(self, edge_id: int, by: str = "", at: datetime | None = None) -> bool:
        """Drop a link, and derive anew whom it joined, with their events and traits; dropping it twice does no harm.

        A link that says the same of a later moment links again.

        Args:
            edge_id: the number of the link.
            by: who drops it; else who acts.
            at: when; now by default.

        Returns:
            Whether it was in force.

        Raises:
            NotAllowedError: the actor may not change people.
            UnknownEdgeError: there is no link ``edge_id``.
        """
        actor = require("people:write")
        with self._ops.session() as session:
            dropped = linking.drop_edge(session, edge_id, at or self._clock.now(), by or actor.name)
            if dropped:
                record(session, "people.unmerge", str(edge_id))
        self._tell_changed()
        return dropped

    def relink(self, edge_id: int) -> bool:
        """Take up a link again that was dropped; give whether it had been.

        Raises:
            NotAllowedError: the actor may not change people.
            UnknownEdgeError: there is no link ``edge_id``.
        """
        require("people:write")
        with self._ops.session() as session:
            restored = linking.restore_edge(session, edge_id)
            if restored:
                record(session, "people.relink", str(edge_id))
        self._tell_changed()
        return restored

    def on_change(self, told: Callable[[], None]) -> None:
        """Have ``told`` called after each unmerge, for those who remember what they need not link again."""
        self._told.append(told)

    def _tell_changed(self) -> None:
        for told in self._told:
            told()

    def count(self) -> int:
        """Give the number of people."""
        with self._ops.reading() as session:
            return session.scalar(select(func.count()).select_from(PersonTable)) or 0

    def watermark(self) -> tuple[int, int]:
        """Give two numbers that change whenever people or their ids do.

        The first is the highest number given to a person, and grows with each id that is seen for the first time. The second
        changes whenever anything changes for people and ids that were there before: an id is linked, or ``known_since`` moves
        back. While it stands still, who has the newest state needs only what is new.
        """
        with self._ops.reading() as session:
            newest, revision = session.execute(select(PeopleRevisionTable.newest_id, PeopleRevisionTable.revision)).one()
            return newest, revision

    def trait_watermark(self) -> tuple[int, int, int]:
        """Give three numbers of which one changes whenever people, their traits or what was said of traits do."""
        columns = PeopleRevisionTable.revision, PeopleRevisionTable.traits, PeopleRevisionTable.trait_log
        with self._ops.reading() as session:
            revision, traits, said = session.execute(select(*columns)).one()
            return revision, traits, said

    def distinct_id_map(self) -> tuple[pa.Array, NDArray[np.int64]]:
        """Give all distinct ids (string array) and whose each is now (``int64``), in the order of person ids."""
        found = self.ownership()
        codes = pc.dictionary_encode(found.distinct_ids).indices.to_numpy()
        last = len(codes) - 1 - np.unique(codes[::-1], return_index=True)[1]
        last = last[np.argsort(found.person_ids[last], kind="stable")]
        return found.distinct_ids.take(pa.array(last)), found.person_ids[last]

    def ownership(self, ids: Sequence[str] | None = None) -> Ownership:
        """Give to whom the events of each distinct id belong, over time; empty without people.

        Args:
            ids: only these, each once; those that nobody registered are left out. None for all.
        """
        with self._ops.reading() as session:
            return reading.ownership(session, ids)

    def spans(self, person_id: int) -> list[IdSpan]:
        """Give the ids of a person, each with the time in which it is the person's; empty for an unknown one."""
        with self._ops.reading() as session:
            return reading.spans(session, person_id)

    def known_since(self, after: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give all person ids above ``after``, ascending, and since when each is known, ``int64`` microseconds since 1970 UTC."""
        query = select(PersonTable.id, PersonTable.known_since).where(PersonTable.id > after).order_by(PersonTable.id)
        with self._ops.reading() as session:
            person_ids, since = read_columns(session, query, pa.int64(), pa.timestamp("us"))
        return person_ids.to_numpy(), since.cast(pa.int64()).to_numpy()

    def get(self, person_id: int) -> Person:
        """Give one person; for a number that was merged into another person, that person.

        Raises:
            UnknownPersonError: nobody ever had the number.
        """
        with self._ops.reading() as session:
            return reading.people(session, [reading.living(session, person_id)])[0]

    def find(self, distinct_id: str) -> Person:
        """Give the person who has ``distinct_id`` now.

        Raises:
            UnknownPersonError: nobody has it.
        """
        with self._ops.reading() as session:
            known = read_ids(session, [distinct_id]).get(distinct_id)
            if known is None:
                raise UnknownPersonError(person=distinct_id)
            return reading.people(session, [known.spans[-1].person_id])[0]

    def many(self, person_ids: Sequence[int] | NDArray[np.int64]) -> list[Person]:
        """Give several people in the order asked for; unknown ids are left out."""
        wanted = [int(person_id) for person_id in person_ids]
        with self._ops.reading() as session:
            found = {person.id: person for chunk in _chunks(wanted) for person in reading.people(session, chunk)}
        return [found[person_id] for person_id in wanted if person_id in found]

    def distinct_ids(self, person_ids: Sequence[int] | NDArray[np.int64]) -> dict[int, tuple[str, ...]]:
        """Give the distinct ids of several living people, as ``Person`` has them, by person; unknown ids are left out."""
        wanted = [int(person_id) for person_id in person_ids]
        with self._ops.reading() as session:
            return {person: ids for chunk in _chunks(wanted) for person, ids in reading.distinct_ids(session, chunk).items()}

    def living(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the people who have some numbers now: themselves, or those into whom they were merged.

        Args:
            numbers: ``(n_numbers,) int64`` person ids, as they were at some time.

        Returns:
            ``(n_numbers,) int64``; 0 for a number that nobody ever had.
        """
        with self._ops.reading() as session:
            return reading.living_all(session, numbers)

    def search(self, text: str) -> NDArray[np.int64]:
        """Give the ids of the people one of whose distinct ids or trait values contains ``text``, ascending; all when empty.

        Letters match without regard to case as far as the database does so (SQLite: ASCII letters).
        """
        pattern = f"%{_escape(text.strip())}%"
        if pattern == "%%":
            query = select(PersonTable.id)
        else:
            by_id = select(DistinctIdTable.person_id).where(DistinctIdTable.distinct_id.ilike(pattern, escape="\\"))
            by_span = select(IdSpanTable.person_id).where(IdSpanTable.distinct_id.ilike(pattern, escape="\\"))
            by_trait = select(TraitTable.person_id).where(TraitTable.text.ilike(pattern, escape="\\"))
            query = select(PersonTable.id).where(or_(*(PersonTable.id.in_(found) for found in (by_id, by_span, by_trait))))
        with self._ops.reading() as session:
            return np.array(session.scalars(query.order_by(PersonTable.id)).all(), dtype=np.int64)

    def trait_names(self) -> tuple[str, ...]:
        """Give the names of all traits that anybody has, in alphabetical order."""
        return self._columns.names()

    def trait_values(self, name: str) -> TraitValues:
        """Give one trait of everybody who has it; empty where nobody does. A trait that is ``null`` counts as none.

        It is kept until a trait or a person changes.
        """
        return self._columns.values(name)

    def told_since(self, distinct_ids: Sequence[str], since: datetime) -> set[str]:
        """Give those of some ids of whom a source said something of their traits at a moment or later; imports are no source."""
        table = TraitChangeTable
        told: set[str] = set()
        with self._ops.reading() as session:
            for chunk in _chunks(distinct_ids):
                lately = select(table.distinct_id).where(
                    among(table.distinct_id, chunk), table.until >= since, table.source != ""
                )
                told.update(session.scalars(lately))
        return told

    def trait_history(self, name: str) -> TraitHistory:
        """Give one trait of everybody over time; empty where nobody ever had it.

        What was said of an id belongs to whom the id belonged to at that moment. It is kept until more is said of any trait, or
        a person changes.
        """
        return self._columns.history(name)


def _chunks(ids: Sequence[_T]) -> Iterable[Sequence[_T]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
