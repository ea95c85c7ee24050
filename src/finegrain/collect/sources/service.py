"""The sources of a workspace: makes them, changes them, and tells whose key a request carries."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from finegrain.access.acting import require
from finegrain.access.recording import record
from finegrain.collect.sources import keys
from finegrain.collect.sources.contract import FORMATS, NewKey, Source
from finegrain.collect.sources.errors import BadOriginError, SourceExistsError, UnknownSourceError
from finegrain.collect.sources.tables import SourceTable
from finegrain.errors import BadValueError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finegrain.clock import Clock
    from finegrain.collect.wire.contract import WireFormat
    from finegrain.store.ops import OpsStore

_LONGEST_NAME = 100
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s?#@]+")


class _KnownKey(NamedTuple):
    hash: str
    until: datetime | None
    source: Source


class SourceService:
    """Makes and changes sources, and finds the source of a key.

    Args:
        ops: the ops store.
        clock: where the time comes from.
    """

    def __init__(self, ops: OpsStore, clock: Clock) -> None:
        self._ops = ops
        self._clock = clock
        self._changes = 0
        self._known: tuple[int, tuple[_KnownKey, ...]] = (-1, ())

    def add(self, name: str, format: WireFormat, *, allowed_origins: Iterable[str] = ()) -> NewKey:  # noqa: A002 - its name
        """Make a source.

        Args:
            name: 1 to 100 characters, not taken yet.
            format: what it sends.
            allowed_origins: web origins whose pages may send; none allows all.

        Raises:
            BadValueError: the name is empty or too long.
            UnknownNameError: there is no such format.
            BadOriginError: a text is not an origin.
            SourceExistsError: the name is taken.
        """
        require("admin")
        name = name.strip()
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            raise BadValueError(name="source name", value=f"“{name}”", allowed="1 to 100 printable characters")
        if format not in FORMATS:
            raise UnknownNameError(kind="format", name=format, allowed=", ".join(FORMATS))
        origins, key, now = _origins(allowed_origins), keys.new_key(), self._clock.now()
        with self._ops.session() as session:
            if session.scalar(select(SourceTable.id).where(SourceTable.name == name)) is not None:
                raise SourceExistsError(name=name)
            row = SourceTable(name=name, format=format, allowed_origins=origins, enabled=True, created_at=now)
            _set_key(row, key, now)
            session.add(row)
            session.flush()
            made = NewKey(_source(row), key)
            record(session, "source.add", name, after=_facts(made.source))
        self._changes += 1
        return made

    def rotate(self, name: str, *, keep_old: timedelta = timedelta(0)) -> NewKey:
        """Give a source a new key.

        Args:
            name: of the source.
            keep_old: for how long the key so far stays good; by default it is void at once.

        Raises:
            UnknownSourceError: there is no such source.
        """
        key, now = keys.new_key(), self._clock.now()

        def change(row: SourceTable) -> None:
            row.old_key_hash = row.key_hash if keep_old > timedelta(0) else None
            row.old_key_until = now + keep_old if keep_old > timedelta(0) else None
            _set_key(row, key, now)

        return NewKey(self._change(name, "source.rotate", change), key)

    def set_enabled(self, name: str, *, enabled: bool) -> Source:
        """Let a source send, or no longer; what it has sent stays.

        Raises:
            UnknownSourceError: there is no such source.
        """
        action = "source.enable" if enabled else "source.disable"
        return self._change(name, action, lambda row: setattr(row, "enabled", enabled))

    def set_allowed_origins(self, name: str, origins: Iterable[str]) -> Source:
        """Replace the web origins whose pages may send; none allows all.

        Raises:
            UnknownSourceError: there is no such source.
            BadOriginError: a text is not an origin.
        """
        wanted = _origins(origins)
        return self._change(name, "source.origins", lambda row: setattr(row, "allowed_origins", wanted))

    def all(self) -> list[Source]:
        """Give all sources by name."""
        with self._ops.reading() as session:
            return [_source(row) for row in session.scalars(select(SourceTable).order_by(SourceTable.name))]

    def get(self, name: str) -> Source:
        """Give one source.

        Raises:
            UnknownSourceError: there is no such source.
        """
        with self._ops.reading() as session:
            return _source(_find(session, name))

    def authenticate(self, key: str | None, format: WireFormat) -> Source | None:  # noqa: A002 - its name
        """Give the enabled source of ``format`` that has ``key``; None when there is none.

        Every known key is compared, each in constant time, so the time taken tells nothing about keys. They are held in
        memory from the first call to the next change, for a workspace is open in one process at a time.
        """
        if key is None:
            return None
        given, found = keys.digest(key), None
        for known in self._keys():
            good = keys.same(known.hash, given) and known.source.format == format and known.source.enabled
            if good and (known.until is None or known.until > self._clock.now()):
                found = known.source
        return found

    def allows_origin(self, origin: str, format: WireFormat) -> bool:  # noqa: A002 - its name
        """Say whether any enabled source of ``format`` takes what a page of ``origin`` sends.

        A browser asks so before it sends, without the key.
        """
        sources = (known.source for known in self._keys())
        return any(each.enabled and each.format == format and each.allows(origin) for each in sources)

    def _keys(self) -> tuple[_KnownKey, ...]:
        changes, (read_at, known) = self._changes, self._known
        if read_at != changes:
            with self._ops.reading() as session:
                known = tuple(key for row in session.scalars(select(SourceTable)) for key in _known_keys(row))
            self._known = (changes, known)
        return known

    def _change(self, name: str, action: str, change: Callable[[SourceTable], None]) -> Source:
        require("admin")
        with self._ops.session() as session:
            row = _find(session, name)
            before = _facts(_source(row))
            change(row)
            session.flush()
            source = _source(row)
            record(session, action, source.name, before=before, after=_facts(source))
        self._changes += 1
        return source


def _find(session: Session, name: str) -> SourceTable:
    row = session.scalar(select(SourceTable).where(SourceTable.name == name.strip()))
    if row is None:
        known = session.scalars(select(SourceTable.name).order_by(SourceTable.name))
        raise UnknownSourceError(name=name, known=", ".join(known) or "–")
    return row


def _facts(source: Source) -> dict[str, Any]:
    facts = {name: getattr(source, name) for name in ("format", "key_hint", "enabled", "old_key_until")}
    return {**facts, "allowed_origins": list(source.allowed_origins)}


def _set_key(row: SourceTable, key: str, now: datetime) -> None:
    row.key_hash, row.key_hint, row.key_made_at = keys.digest(key), key[-keys.HINT_CHARACTERS :], now


def _source(row: SourceTable) -> Source:
    return Source(
        id=row.id,
        name=row.name,
        format=row.format,  # type: ignore[arg-type]
        key_hint=row.key_hint,
        allowed_origins=tuple(row.allowed_origins),
        enabled=row.enabled,
        created_at=row.created_at,
        key_made_at=row.key_made_at,
        old_key_until=row.old_key_until,
    )


def _known_keys(row: SourceTable) -> Iterable[_KnownKey]:
    source = _source(row)
    yield _KnownKey(row.key_hash, None, source)
    if row.old_key_hash is not None and row.old_key_until is not None:
        yield _KnownKey(row.old_key_hash, row.old_key_until, source)


def _origins(given: Iterable[str]) -> list[str]:
    origins = [origin.strip().rstrip("/").lower() for origin in given]
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise BadOriginError(origin=origin)
    return list(dict.fromkeys(origins))
