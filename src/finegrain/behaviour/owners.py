"""To whom events belong: the people, and the owner of each distinct id over time, read whole or only as far as it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.behaviour.contract import NEVER
from finegrain.behaviour.index import FOREVER
from finegrain.zones import from_us

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.contract import PeopleSource
    from finegrain.behaviour.reading import EventLog
    from finegrain.people.contract import Ownership

_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True)
class Owners:
    """The people at a moment, and whose the distinct ids of a log are. A person's code is the place in ``person_ids``.

    Attributes:
        watermark: state of the people room.
        person_ids: ``(P,) int64``, ascending.
        known_us: ``(P,) int64``, when the person became known.
        first_owner: ``(D,) int32``, code of the person who owns each distinct id at first.
        more_offsets: ``(D + 1,) int64`` into the later owners, who are few.
        more_from_us: ``(S,) int64``, since when a later owner owns the id, ascending within an id.
        more_owner: ``(S,) int32``, who it is.
    """

    watermark: tuple[int, int]
    person_ids: NDArray[np.int64]
    known_us: NDArray[np.int64]
    first_owner: NDArray[np.int32]
    more_offsets: NDArray[np.int64]
    more_from_us: NDArray[np.int64]
    more_owner: NDArray[np.int32]

    def people_of(self, who: NDArray[np.int32], time_us: NDArray[np.int64]) -> NDArray[np.int32]:
        """Give the person code of each event of the ids ``who`` at the times ``time_us``, ``(n,) int32``."""
        from finegrain.behaviour._kernels import Spans, owners_at

        if not len(self.more_owner):
            found: NDArray[np.int32] = self.first_owner[who]
            return found
        people = np.empty(len(who), dtype=np.int32)
        more = (_read_only(self.more_offsets), _read_only(self.more_from_us), _read_only(self.more_owner))
        owners_at(who, time_us, Spans(_read_only(self.first_owner), *more), people)
        return people

    def ids_of(self, people: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Give which distinct ids ever belong to one of the marked people, ``(D,) bool``."""
        marked: NDArray[np.bool_] = people[self.first_owner]
        marked[self.more_ids()[people[self.more_owner]]] = True
        return marked

    def more_ids(self) -> NDArray[np.int64]:
        """Give the distinct id of each later owner."""
        return np.repeat(np.arange(len(self.first_owner)), np.diff(self.more_offsets))


def read_owners(people: PeopleSource, log: EventLog, before: Owners | None = None) -> Owners:
    """Read whose the distinct ids of ``log`` are.

    Ids that nobody registered are registered with the time of their first event, so that what was cut off between the two
    stores is healed.

    Args:
        people: the people room.
        log: the events.
        before: what was read before for the first of the ids; only what changed since is read.

    Raises:
        StorageError: the ops store refused.
    """
    # The watermark is read before all else: what changes in between makes the index stale, not wrong.
    watermark = people.watermark()
    if before is not None and watermark[1] == before.watermark[1]:
        return _read_new(people, log, watermark, before)
    found = people.ownership()
    missing = _missing(log.distinct_ids, found)
    if len(missing):
        _register(people, log, missing)
        return read_owners(people, log, before)
    first, offsets, from_us, more = _spans_of(log.distinct_ids, found)
    person_ids, known_us = _with_gone(*people.known_since(), np.append(first, more), before)
    return Owners(watermark, person_ids, known_us, _codes(person_ids, first), offsets, from_us, _codes(person_ids, more))


def _read_new(people: PeopleSource, log: EventLog, watermark: tuple[int, int], before: Owners) -> Owners:
    first_new = len(before.first_owner)
    ids = log.distinct_ids.slice(first_new)
    found = people.ownership(ids.to_pylist())
    missing = _missing(ids, found)
    if len(missing):
        _register(people, log, missing + first_new)
        return read_owners(people, log, before)
    person_ids, known_us = before.person_ids, before.known_us
    if watermark[0] != before.watermark[0]:
        new_ids, new_known_us = people.known_since(int(person_ids[-1]) if len(person_ids) else 0)
        person_ids, known_us = np.append(person_ids, new_ids), np.append(known_us, new_known_us)
    first, offsets, from_us, more = _spans_of(ids, found)
    if not _are_in(person_ids, np.append(first, more)).all():
        return read_owners(people, log)  # people were linked in between, and more than these ids may have other owners
    return Owners(
        watermark,
        person_ids,
        known_us,
        np.append(before.first_owner, _codes(person_ids, first)),
        np.append(before.more_offsets, offsets[1:] + len(before.more_owner)),
        np.append(before.more_from_us, from_us),
        np.append(before.more_owner, _codes(person_ids, more)),
    )


def changed_ids(before: Owners, now: Owners) -> NDArray[np.int64]:
    """Give the distinct ids known before whose owners are others now, ascending."""
    known = len(before.first_owner)
    if now.watermark[1] == before.watermark[1]:
        return np.zeros(0, dtype=np.int64)
    changed = now.person_ids[now.first_owner[:known]] != before.person_ids[before.first_owner]
    rows = [
        np.stack([owners.more_ids(), owners.more_from_us, owners.person_ids[owners.more_owner]], axis=1)
        for owners in (before, now)
    ]
    unlike, times = np.unique(np.concatenate(rows), axis=0, return_counts=True)
    ids = unlike[times == 1, 0]
    changed[ids[ids < known]] = True
    return np.flatnonzero(changed)


def _missing(ids: pa.ChunkedArray, found: Ownership) -> NDArray[np.int64]:
    return np.flatnonzero(pc.index_in(ids, value_set=found.distinct_ids).is_null().to_numpy())


def _spans_of(ids: pa.ChunkedArray, found: Ownership) -> tuple[NDArray[np.int64], ...]:
    """Give the first owner of each id, the offsets into the later ones, since when each of them owns, and who it is."""
    starts = np.flatnonzero(found.from_us == NEVER)
    more_rows = np.diff(np.append(starts, len(found.from_us))) - 1
    place = pc.index_in(ids, value_set=found.distinct_ids.take(pa.array(starts))).to_numpy().astype(np.int64)
    offsets = np.zeros(len(place) + 1, dtype=np.int64)
    np.cumsum(more_rows[place], out=offsets[1:])
    # The later rows of an id stand behind its first one.
    rows = np.repeat(starts[place] + 1 - offsets[:-1], np.diff(offsets)) + np.arange(offsets[-1])
    return found.person_ids[starts[place]], offsets, found.from_us[rows], found.person_ids[rows]


def _with_gone(
    person_ids: NDArray[np.int64], known_us: NDArray[np.int64], owners: NDArray[np.int64], before: Owners | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Add the owners who were merged into others between the two readings; the next refresh finds them gone."""
    gone = np.unique(owners[~_are_in(person_ids, owners)])
    if not len(gone):
        return person_ids, known_us
    since_us = np.full(len(gone), FOREVER, dtype=np.int64)
    if before is not None:
        same = _are_in(before.person_ids, gone)
        since_us[same] = before.known_us[_codes(before.person_ids, gone[same])]
    everybody = np.append(person_ids, gone)
    order = np.argsort(everybody)
    return everybody[order], np.append(known_us, since_us)[order]


def _codes(person_ids: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int32]:
    return np.searchsorted(person_ids, wanted).astype(np.int32)


def _are_in(person_ids: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
    padded = np.append(person_ids, np.int64(FOREVER))
    found: NDArray[np.bool_] = padded[np.searchsorted(person_ids, wanted)] == wanted
    return found


def _read_only(array: NDArray[_T]) -> NDArray[_T]:
    # A kernel is compiled once for each kind of array; those from a memory map cannot be written.
    view = array.view(np.ndarray)[:]
    view.flags.writeable = False
    return view


def _register(people: PeopleSource, log: EventLog, codes: NDArray[np.int64]) -> None:
    first_us = np.full(len(log.distinct_ids), FOREVER, dtype=np.int64)
    wanted = np.zeros(len(log.distinct_ids), dtype=np.bool_)
    wanted[codes] = True
    rows = np.flatnonzero(wanted[log.who])
    np.minimum.at(first_us, log.who[rows], log.time_us[rows])
    ids = log.distinct_ids.take(pa.array(codes)).to_pylist()
    people.register(ids, [from_us(us) for us in first_us[codes].tolist()])
