"""Past memberships in the ops store: written, read back, thinned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, insert, select, update

from finegrain.audience.history.places import unpacked
from finegrain.audience.history.states import State
from finegrain.audience.history.tables import MembershipTable
from finegrain.audience.tiers.contract import SCHEMES

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence
    from datetime import date, datetime

    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from finegrain.audience.history.contract import Kind
    from finegrain.audience.history.states import Name
    from finegrain.store.ops import OpsStore

_T = MembershipTable
Stamp = tuple["datetime", "datetime"]
"""The moment of the newest states, and when they were found."""
_FACTS = (_T.kind, _T.name, _T.day, _T.as_of, _T.keys, _T.definition, _T.filled)


@dataclass(frozen=True, eq=False)
class Kept:
    """One kept state.

    Attributes:
        state: what it says.
        day: the civil day.
        as_of: the moment; aware, in UTC.
        filled: whether it was computed afterwards.
    """

    state: State
    day: date
    as_of: datetime
    filled: bool


@dataclass(frozen=True)
class KeptFacts:
    """What there is of one kept state, without its people; see ``Kept``."""

    kind: Kind
    name: str
    day: date
    as_of: datetime
    keys: tuple[str, ...]
    definition: str
    filled: bool


@dataclass(frozen=True)
class Batch:
    """States of one day that are to be written.

    Attributes:
        day, as_of, computed_at, filled: as in ``MembershipTable``.
        states: whose people are written.
        same: those that are there already and stay as they are, as of a later moment.
    """

    day: date
    as_of: datetime
    computed_at: datetime
    states: Sequence[State]
    same: tuple[Name, ...] = ()
    filled: bool = False

    def under(self, definitions: Mapping[Name, str]) -> Batch:
        """Give it with those states alone that have these definitions."""
        return replace(self, states=[one for one in self.states if definitions.get((one.kind, one.name)) == one.definition])


class KeptHistory:
    """Keeps past memberships. Safe to use from several threads.

    Args:
        ops: where they are kept.
    """

    def __init__(self, ops: OpsStore) -> None:
        self._ops = ops

    def write(self, batches: Sequence[Batch], also: Callable[[Session], None], *, over: Stamp | None) -> bool:
        """Write states in the place of those that are there, all or none, with what else belongs to them.

        Args:
            batches: what is written.
            also: writes what else belongs to them.
            over: as ``stamp`` gave it before they were found.

        Returns:
            Whether anything was written: nothing is where somebody else wrote meanwhile, against whose states nobody has yet
            compared these.
        """
        with self._ops.session() as session:
            if _stamp(session) != over:
                return False
            for batch in batches:
                _write(session, batch)
            also(session)
        return True

    def fill(self, batch: Batch) -> None:
        """Write states of a day of which there are none."""
        with self._ops.session() as session:
            _write(session, batch)

    def stamp(self) -> Stamp | None:
        """Give what changes whenever states are kept in their time, by whatever process; None before the first."""
        with self._ops.reading() as session:
            return _stamp(session)

    def newest(self) -> list[Kept]:
        """Give the newest state of every segment and scheme that was kept in its time."""
        last = select(_T.kind, _T.name, func.max(_T.day).label("day")).where(_T.filled.is_(False))
        found = last.group_by(_T.kind, _T.name).subquery()
        same = and_(_T.kind == found.c.kind, _T.name == found.c.name, _T.day == found.c.day)
        with self._ops.reading() as session:
            rows = session.execute(select(*_FACTS, _T.members).join(found, same))
            return [_kept(row) for row in rows]

    def facts(self, name: Name | None = None) -> list[KeptFacts]:
        """Give what is kept of one segment or scheme, or of all, in order of days."""
        query = select(*_FACTS).order_by(_T.kind, _T.name, _T.day)
        if name is not None:
            query = query.where(_T.kind == name[0], _T.name == name[1])
        with self._ops.reading() as session:
            return [KeptFacts(row.kind, row.name, row.day, *_rest(row)) for row in session.execute(query)]

    def places(self, name: Name, day: date) -> NDArray[np.uint8]:
        """Give who was where on a day that is kept; see ``places``."""
        query = select(_T.members).where(_T.kind == name[0], _T.name == name[1], _T.day == day)
        with self._ops.reading() as session:
            return unpacked(session.execute(query).scalar_one())

    def thin(self, names: Container[Name], oldest_daily: date) -> int:
        """Drop what is of no segment or scheme, and all days before a day but the last that is kept of each month; count them."""
        facts = self.facts()
        last = {(one.kind, one.name, one.day.year, one.day.month): one.day for one in facts}
        gone = [
            one
            for one in facts
            if (one.kind, one.name) not in names
            or (one.day < oldest_daily and one.day != last[one.kind, one.name, one.day.year, one.day.month])
        ]
        if gone:
            with self._ops.session() as session:
                for one in gone:
                    session.execute(delete(_T).where(_T.kind == one.kind, _T.name == one.name, _T.day == one.day))
        return len(gone)


def _stamp(session: Session) -> Stamp | None:
    # This scheme is always there, and so is kept with all the others.
    here = _T.kind == "scheme", _T.name == SCHEMES[0], _T.filled.is_(False)
    row = session.execute(select(_T.as_of, _T.computed_at).where(*here).order_by(_T.day.desc()).limit(1)).one_or_none()
    return None if row is None else (row.as_of, row.computed_at)


def _write(session: Session, batch: Batch) -> None:
    moments = {"as_of": batch.as_of, "computed_at": batch.computed_at}
    for state in batch.states:
        here = _T.kind == state.kind, _T.name == state.name, _T.day == batch.day
        session.execute(delete(_T).where(*here))
        facts = {"kind": state.kind, "name": state.name, "keys": list(state.keys), "definition": state.definition}
        places = {"day": batch.day, "filled": batch.filled, "members": state.members}
        session.execute(insert(_T).values(**facts, **moments, **places))
    for kind, name in batch.same:
        session.execute(update(_T).where(_T.kind == kind, _T.name == name, _T.day == batch.day).values(**moments))


def month_end(day: date) -> bool:
    """Say whether a civil day is the last of its month."""
    return (day + timedelta(days=1)).day == 1


def _kept(row: Row[*tuple[object, ...]]) -> Kept:
    as_of, keys, definition, filled = _rest(row)
    return Kept(State(row.kind, row.name, keys, definition, row.members), row.day, as_of, filled)


def _rest(row: Row[*tuple[object, ...]]) -> tuple[datetime, tuple[str, ...], str, bool]:
    return row.as_of, tuple(row.keys), row.definition, row.filled
