"""Which links are kept: those that say something new. SDKs send both ids with every call, and must not fill the store."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

from sqlalchemy import Table, select

from finegrain.people.neighbourhood import CHUNK, read_links
from finegrain.people.tables import EdgeTable
from finegrain.store.ops.among import among_named, listed
from finegrain.store.ops.rows import read_rows
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from finegrain.people.contract import Link
    from finegrain.people.identity import LinkKind
    from finegrain.people.neighbourhood import KnownId

_EDGES = cast("Table", EdgeTable.__table__)
_SAME = ("kind", "from_id", "to_id", "from_login", "to_login")
_BETWEEN = (
    select(*(_EDGES.c[name] for name in (*_SAME, "at", "again", "id", "dropped_at")))
    .where(among_named(_EDGES.c.from_id, "one_end"), among_named(_EDGES.c.to_id, "other_end"))
    .order_by(_EDGES.c.at)
)
REPEAT_US = 24 * 3600 * 1_000_000
"""A link that is said again within this time, with nothing in between, says nothing new."""
MAX_TIMES = 30
"""Moments kept of one link beside its first: for late arrivals, which may fall between them. The newest are kept."""


class LinkKey(NamedTuple):
    """What two links have in common that say the same."""

    kind: LinkKind
    from_id: str
    to_id: str
    from_login: bool
    to_login: bool

    @classmethod
    def of(cls, link: Link) -> LinkKey:
        """Give the key of a link."""
        return cls(link.kind, link.from_id, link.to_id, link.from_login, link.to_login)


@dataclass
class KeptLink:
    """A link that is kept, or will be: the moments at which it was said, ascending; ``id`` is 0 before it is written."""

    link: Link | None
    times_us: list[int]
    id: int = 0
    dropped_us: int | None = None
    changed: bool = False

    def extend(self, at_us: int) -> None:
        """Note that it was said at another moment."""
        first, *again = sorted([*self.times_us, at_us])
        self.times_us = [first, *again[-MAX_TIMES:]]
        self.changed = True


@dataclass
class Kept:
    """What became of some links.

    Attributes:
        added, extended: links to write.
        settled: link → the moment from which on the same says nothing new for a day.
        crowded: ids about which no link says anything any more.
    """

    added: list[KeptLink] = field(default_factory=list)
    extended: list[KeptLink] = field(default_factory=list)
    settled: dict[LinkKey, int] = field(default_factory=dict)
    crowded: set[str] = field(default_factory=set)


def choose(session: Session, links: Sequence[Link], known: Mapping[str, KnownId]) -> Kept:
    """Choose which of ``links`` are to be kept; ``known`` are all their ids."""
    chooser = _Chooser(session, links, known)
    for link in sorted(links, key=lambda link: (link.at, LinkKey.of(link))):
        if link.from_id != link.to_id or link.kind == "unbind":
            chooser.take(link)
    return chooser.kept


class _Chooser:
    def __init__(self, session: Session, links: Sequence[Link], known: Mapping[str, KnownId]) -> None:
        self.kept = Kept()
        self._session = session
        self._known = known
        self._logins = {key for key, row in self._known.items() if row.login}
        for link in links:
            self._logins |= {key for key, login in ((link.from_id, link.from_login), (link.to_id, link.to_login)) if login}
        self._same = _read_same(session, links)
        self._newest: dict[str, LinkKey] = {}
        self._linked: set[str] | None = None

    def take(self, link: Link) -> None:
        key, at_us = LinkKey.of(link), to_us(link.at)
        same = self._same[key]
        if any(one.dropped_us is not None and at_us <= one.dropped_us for one in same):
            return  # said before an operator dropped it
        active = [one for one in same if one.dropped_us is None]
        if any(at_us in one.times_us for one in active):
            self._settle(key, at_us)
            return
        anonymous = self._anonymous(link)
        if anonymous is not None and self._known[anonymous].crowded:
            self.kept.crowded.add(anonymous)
            return
        last = max((time for one in active for time in one.times_us if time <= at_us), default=None)
        settled = self._is_settled(link, key, anonymous, at_us)
        if settled and last is not None and at_us - last < REPEAT_US:
            self._settle(key, last)
        elif settled and active and link.kind != "unbind":
            self._extend(active, at_us, last)
            self._settle(key, at_us)
        else:
            self._add(link, key, at_us)

    def _settle(self, key: LinkKey, at_us: int) -> None:
        self.kept.settled[key] = max(at_us, self.kept.settled.get(key, at_us))

    def _extend(self, active: Sequence[KeptLink], at_us: int, last: int | None) -> None:
        one = next((one for one in active if last in one.times_us), active[0])
        if one.id and not one.changed:
            self.kept.extended.append(one)
        one.extend(at_us)

    def _add(self, link: Link, key: LinkKey, at_us: int) -> None:
        one = KeptLink(link, [at_us])
        self._same[key].append(one)
        self.kept.added.append(one)
        self._settle(key, at_us)
        self._newest.update(dict.fromkeys((link.from_id, link.to_id), key))

    def _anonymous(self, link: Link) -> str | None:
        """Give the anonymous id of a link that has one beside a login."""
        ends = [key for key in (link.from_id, link.to_id) if key not in self._logins]
        return ends[0] if len(ends) == 1 else None

    def _is_settled(self, link: Link, key: LinkKey, anonymous: str | None, at_us: int) -> bool:
        """Say whether things are already as ``link`` has it at that moment."""
        one, other = self._known[link.from_id], self._known[link.to_id]
        if link.kind == "unbind":
            moved = link.from_id in self._newest or link.to_id in self._newest
            return one.owner_at(at_us) != other.owner_at(at_us) and not moved
        if anonymous is None:
            return True
        if anonymous in self._newest:
            return self._newest[anonymous] == key and not self._is_linked(anonymous)
        return one.owner_at(at_us) == other.owner_at(at_us)

    def _is_linked(self, anonymous: str) -> bool:
        """Say whether an id had a link before; one read for all ids, by the first that asks."""
        if self._linked is None:
            links = read_links(self._session, self._known.keys() - self._logins)
            self._linked = {end for link in links.values() for end in (link.from_id, link.to_id)}
        return anonymous in self._linked


def _read_same(session: Session, links: Sequence[Link]) -> dict[LinkKey, list[KeptLink]]:
    """Give the kept links, also dropped ones, between the pairs of ``links``."""
    pairs = sorted({(link.from_id, link.to_id) for link in links})
    found: dict[LinkKey, list[KeptLink]] = defaultdict(list)
    for start in range(0, len(pairs), CHUNK):
        part = pairs[start : start + CHUNK]
        ends = {"one_end": listed({pair[0] for pair in part}), "other_end": listed({pair[1] for pair in part})}
        for *same, at, again, number, dropped_at in read_rows(session.connection(), _BETWEEN, ends):
            dropped = to_us(dropped_at) if dropped_at else None
            found[LinkKey(*same)].append(KeptLink(None, [to_us(at), *again], number, dropped))
    return found
