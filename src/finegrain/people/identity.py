"""Whose events an id's are: people derived from the links between ids, as a pure function, whatever order they arrived in.

The words: an id is a *login* where any link marks it so; every other id is *anonymous*, such as a device. Links that say of
an anonymous id that it is a login's are *claims*. All other links join two ids for good.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NEVER = -(2**63)
"""Before all time, in microseconds."""

MAX_CLAIMANTS = 100
"""An anonymous id that more logins than these claimed is nobody's: a till, or a constant that an app sends by mistake."""

LinkKind = Literal["identify", "alias", "signup", "bind", "unbind"]
_UNITING = frozenset({"alias", "bind"})


class IdFacts(NamedTuple):
    """An id: the number it was given at first sight, and when that was in microseconds since 1970 UTC."""

    own_id: int
    seen_us: int


class LinkFacts(NamedTuple):
    """A link in force: the moments at which it was said; ``number`` begins the new life of an id that is unbound."""

    kind: LinkKind
    from_id: str
    to_id: str
    times_us: tuple[int, ...]
    from_login: bool
    to_login: bool
    number: int = 0


class OutsideId(NamedTuple):
    """An id of which only this is known: whether it is a login, and whose it is."""

    login: bool
    person_id: int


class Span(NamedTuple):
    """From when an id is whose; ``number`` is the own number that begins here, 0 where one owner follows another."""

    from_us: int
    person_id: int
    number: int = 0


@dataclass(frozen=True)
class Derivation:
    """People derived from links.

    Attributes:
        spans: id → whose it is, in order of time; the first span begins at ``NEVER``.
        logins, crowded: ids that are logins, and anonymous ones that too many logins claimed.
        known_us: person number → since when the person is known.
        missing: logins outside whose people are touched, so that they must be looked at too.
    """

    spans: dict[str, tuple[Span, ...]]
    logins: frozenset[str]
    crowded: frozenset[str]
    known_us: dict[int, int]
    missing: frozenset[str]


class _Mark(NamedTuple):
    """A moment in the life of a cluster of anonymous ids: a login claims it, or (``claim`` False) is taken off it."""

    at_us: int
    claim: bool
    login: str
    number: int


@dataclass
class _Segment:
    """A stretch of a cluster's life with one owner (a login, or None), and the own numbers that begin with it."""

    from_us: int
    owner: str | None
    numbers: dict[str, int] = field(default_factory=dict)


def derive(
    ids: Mapping[str, IdFacts],
    links: Iterable[LinkFacts],
    outside: Mapping[str, OutsideId] | None = None,
    *,
    fringe: frozenset[str] = frozenset(),
) -> Derivation:
    """Derive whose each of ``ids`` is.

    Two logins are one person only where an alias or a binding says so; never because they used one device. Anonymous ids
    that are linked are one cluster. A cluster belongs to the first login that claims it, its history included, until the next
    one does. After an unbinding it begins a new life, which belongs to the next login that claims it, or to nobody. The
    number of a person is the least own number of its logins and of the lives that it was the first to own.

    Args:
        ids: the ids to derive; with each, all ids of its person.
        links: all links of these ids that are in force.
        outside: what is known of linked ids that are not among them.
        fringe: those of ``ids`` of which only later owners are asked for; their first owner may lie outside.
    """
    derivation = _Deriver(ids, list(links), outside or {}, fringe)
    return derivation.result()


class _Deriver:
    def __init__(
        self, ids: Mapping[str, IdFacts], links: list[LinkFacts], outside: Mapping[str, OutsideId], fringe: frozenset[str]
    ) -> None:
        self._ids, self._links, self._outside, self._fringe = ids, links, outside, fringe
        self._logins = {key for key, facts in outside.items() if facts.login}
        for link in links:
            self._logins.update(key for key, login in ((link.from_id, link.from_login), (link.to_id, link.to_login)) if login)
        self._joined = _Clusters()
        self._missing: set[str] = set()
        self._crowded: set[str] = set()
        self._numbers: dict[str | tuple[str, int], int] = {}
        self._known: dict[str | tuple[str, int], int] = {}

    def result(self) -> Derivation:
        self._join()
        members = self._members()
        marks = self._marks()
        segments = {root: self._segments(keys, marks[root]) for root, keys in members.items()}
        for root, parts in segments.items():
            self._count(root, members[root], parts)
        spans = {key: self._spans(root, key, parts) for root, parts in segments.items() for key in members[root]}
        logins = [key for key in self._ids if key in self._logins]
        spans.update({key: (Span(NEVER, self._number(self._joined.root(key)), self._ids[key].own_id),) for key in logins})
        known = {self._numbers[key]: since for key, since in self._known.items()}
        return Derivation(spans, frozenset(logins), frozenset(self._crowded), known, frozenset(self._missing))

    def _join(self) -> None:
        unbound = _last_unbound(self._links)
        for link in self._links:
            if joins(link, self._logins) and max(link.times_us) > max(unbound[key] for key in _unbinding_keys(link)):
                self._joined.join(link.from_id, link.to_id)
        for key in self._ids:
            if key in self._logins:
                self._add(self._joined.root(key), self._ids[key].own_id, self._ids[key].seen_us)

    def _members(self) -> dict[str, list[str]]:
        members: dict[str, list[str]] = defaultdict(list)
        for key in sorted(self._ids):
            if key not in self._logins:
                members[self._joined.root(key)].append(key)
        return members

    def _marks(self) -> dict[str, list[_Mark]]:
        marks: dict[str, list[_Mark]] = defaultdict(list)
        for link in self._links:
            if link.from_id == link.to_id:
                pair = (link.from_id, "") if link.kind == "unbind" and link.from_id not in self._logins else None
            else:
                pair = claim(link, self._logins)
            if pair is not None:
                claims = link.kind != "unbind"
                marks[self._joined.root(pair[0])] += [_Mark(at, claims, pair[1], link.number) for at in link.times_us]
        return marks

    def _segments(self, keys: Sequence[str], marks: Sequence[_Mark]) -> list[_Segment]:
        parts = [_Segment(NEVER, None, {key: self._ids[key].own_id for key in keys})]
        if len({mark.login for mark in marks if mark.claim}) > MAX_CLAIMANTS:
            self._crowded.update(keys)
            return parts
        for mark in sorted(marks):
            if mark.claim:
                self._claimed(parts, mark)
            else:
                self._unbound(parts, mark, keys[0])
        if self._fringe.isdisjoint(keys):
            owners = {part.owner for part in parts if part.numbers and part.owner is not None}
            self._missing.update(owner for owner in owners if owner not in self._ids)
        return parts

    def _claimed(self, parts: list[_Segment], mark: _Mark) -> None:
        begins_now = parts[-1].from_us == mark.at_us and bool(parts[-1].numbers)
        if parts[-1].owner is None or begins_now:
            # What a device did before anybody logged in belongs to the first who does.
            parts[-1].owner = mark.login
            return
        if parts[-1].from_us == mark.at_us and not parts[-1].numbers:
            parts.pop()
        if self._owner(parts[-1].owner) != self._owner(mark.login):
            parts.append(_Segment(mark.at_us, mark.login))

    def _unbound(self, parts: list[_Segment], mark: _Mark, key: str) -> None:
        owner = self._owner(parts[-1].owner)
        if owner is not None and (not mark.login or self._owner(mark.login) == owner):
            parts.append(_Segment(mark.at_us, None, {key: mark.number}))

    def _owner(self, login: str | None) -> str | int | None:
        if login is None:
            return None
        if login in self._ids or login not in self._outside:
            return self._joined.root(login)
        return self._outside[login].person_id

    def _count(self, root: str, keys: Sequence[str], parts: Sequence[_Segment]) -> None:
        for part in parts:
            since = part.from_us if part.from_us != NEVER else min(self._ids[key].seen_us for key in keys)
            owner = self._key(root, part)
            for number in part.numbers.values():
                if not isinstance(owner, int):
                    self._add(owner, number, since)

    def _key(self, root: str, part: _Segment) -> str | tuple[str, int] | int:
        owner = self._owner(part.owner)
        return (root, part.from_us) if owner is None else owner

    def _add(self, owner: str | tuple[str, int], number: int, since: int) -> None:
        self._numbers[owner] = min(number, self._numbers.get(owner, number))
        self._known[owner] = min(since, self._known.get(owner, since))

    def _number(self, owner: str | tuple[str, int] | int) -> int:
        # A login that must still be looked at has no number yet.
        return owner if isinstance(owner, int) else self._numbers.get(owner, 0)

    def _spans(self, root: str, key: str, parts: Sequence[_Segment]) -> tuple[Span, ...]:
        return tuple(Span(part.from_us, self._number(self._key(root, part)), part.numbers.get(key, 0)) for part in parts)


def joins(link: LinkFacts, logins: set[str] | frozenset[str]) -> bool:
    """Say whether a link joins two ids for good: two anonymous ones, or two logins by an alias or a binding."""
    if link.kind == "unbind" or (link.from_id in logins) != (link.to_id in logins):
        return False
    return link.from_id not in logins or link.kind in _UNITING


def claim(link: LinkFacts, logins: set[str] | frozenset[str]) -> tuple[str, str] | None:
    """Give the anonymous id and the login of a link that has one of each; None for any other."""
    if (link.from_id in logins) == (link.to_id in logins):
        return None
    return (link.to_id, link.from_id) if link.from_id in logins else (link.from_id, link.to_id)


def _unbinding_keys(link: LinkFacts) -> tuple[tuple[str, str], ...]:
    first, second = sorted((link.from_id, link.to_id))
    return (first, second), (first, first), (second, second)


def _last_unbound(links: Sequence[LinkFacts]) -> dict[tuple[str, str], int]:
    last: dict[tuple[str, str], int] = defaultdict(lambda: NEVER)
    for link in links:
        if link.kind == "unbind":
            pair = _unbinding_keys(link)[0]
            last[pair] = max(last[pair], *link.times_us)
    return last


class _Clusters:
    """Ids joined with one another; the least of them stands for all."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def root(self, key: str) -> str:
        top = key
        while (above := self._above.get(top, top)) != top:
            top = above
        while (above := self._above.get(key, key)) != top:
            self._above[key] = top
            key = above
        return top

    def join(self, one: str, other: str) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._above[high] = low
