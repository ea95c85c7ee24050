"""The drafts of a workspace: each user has some, and sees no others."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from finegrain.access.acting import require
from finegrain.access.drafts.contract import Draft
from finegrain.access.drafts.tables import DraftTable
from finegrain.errors import BadValueError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Delete
    from sqlalchemy.orm import Session

    from finegrain.clock import Clock
    from finegrain.store.ops import OpsStore

MOST_DRAFTS = 100
"""How many one user has at most; the oldest one makes room for the next."""
_LONGEST_KEY = 200
_LARGEST_BYTES = 256 * 1024


class DraftService:
    """Keeps unfinished work, so that neither a restart nor a closed page loses it.

    Drafts are those of whoever acts. They are not in the audit log: nothing is decided by them. Safe to use from several threads.

    Args:
        ops: where they are kept.
        clock: where the time comes from.
    """

    def __init__(self, ops: OpsStore, clock: Clock) -> None:
        self._ops = ops
        self._clock = clock
        self._held: dict[tuple[str, str], Draft] = {}
        self._lock = Lock()

    def hold(self, key: str, content: Mapping[str, Any]) -> None:
        """Keep a draft in memory alone, for what changes with every letter: ``get`` gives it until ``save`` has kept one.

        Args:
            key: what it is about, as ``save`` takes it.
            content: JSON values, likewise.

        Raises:
            NotAllowedError: the actor may not see anything here.
            BadValueError: the key is empty or too long, or the content too large.
        """
        owner = _owner()
        draft = Draft(key, _checked(key, content), self._clock.now())
        with self._lock:
            self._held[owner, key] = draft

    def save(self, key: str, content: Mapping[str, Any]) -> Draft:
        """Keep a draft in place of the one of that key, if there is one.

        Args:
            key: what it is about: 1 to 200 characters.
            content: JSON values, 256 KiB at most.

        Raises:
            NotAllowedError: the actor may not see anything here.
            BadValueError: the key is empty or too long, or the content too large.
            OpsStoreError: it cannot be written.
        """
        owner = _owner()
        draft = Draft(key, _checked(key, content), self._clock.now())
        held = self._held.get((owner, key))
        try:
            with self._ops.session() as session:
                session.execute(_one(owner, key))
                session.add(DraftTable(owner=owner, key=key, content=draft.content, saved_at=draft.saved_at))
                session.flush()
                _make_room(session, owner)
        finally:
            self._let_go(owner, key, held)
        return draft

    def get(self, key: str) -> Draft | None:
        """Give the draft of a key, as it was held or saved last; None where there is none.

        Raises:
            NotAllowedError: the actor may not see anything here.
        """
        owner = _owner()
        if held := self._held.get((owner, key)):
            return replace(held, content=deepcopy(held.content))
        with self._ops.reading() as session:
            row = session.get(DraftTable, (owner, key))
            return _draft(row) if row else None

    def all(self, prefix: str = "") -> tuple[Draft, ...]:
        """Give the drafts whose keys begin with ``prefix``, the newest first.

        Raises:
            NotAllowedError: the actor may not see anything here.
        """
        mine = select(DraftTable).where(DraftTable.owner == _owner(), DraftTable.key.startswith(prefix, autoescape=True))
        with self._ops.reading() as session:
            return tuple(_draft(row) for row in session.scalars(mine.order_by(DraftTable.saved_at.desc(), DraftTable.key)))

    def drop(self, key: str) -> None:
        """Forget the draft of a key; where there is none, nothing happens.

        Raises:
            NotAllowedError: the actor may not see anything here.
        """
        owner = _owner()
        self._let_go(owner, key, self._held.get((owner, key)))
        with self._ops.session() as session:
            session.execute(_one(owner, key))

    def _let_go(self, owner: str, key: str, held: Draft | None) -> None:
        with self._lock:
            if self._held.get((owner, key)) is held:
                self._held.pop((owner, key), None)


def forget_drafts(session: Session, kind: str, number: int) -> None:
    """Forget all drafts of somebody who goes, in the caller's transaction: numbers may be given again."""
    session.execute(delete(DraftTable).where(DraftTable.owner == f"{kind}:{number}"))


def _owner() -> str:
    actor = require("query:read")
    return f"{actor.kind}:{actor.id}"


def _one(owner: str, key: str) -> Delete:
    return delete(DraftTable).where(DraftTable.owner == owner, DraftTable.key == key)


def _make_room(session: Session, owner: str) -> None:
    mine = select(DraftTable.key).where(DraftTable.owner == owner).order_by(DraftTable.saved_at.desc(), DraftTable.key)
    for key in session.scalars(mine.offset(MOST_DRAFTS)).all():
        session.execute(_one(owner, key))


def _checked(key: str, content: Mapping[str, Any]) -> dict[str, Any]:
    if not 0 < len(key) <= _LONGEST_KEY:
        raise BadValueError(name="key", value=f"“{key}”", allowed=Phrase("1 to 200 characters"))
    text = json.dumps(dict(content))
    if (size := len(text)) > _LARGEST_BYTES:
        raise BadValueError(name="draft", value=Phrase("{size} bytes", size=size), allowed=Phrase("at most 256 KiB of JSON"))
    kept: dict[str, Any] = json.loads(text)
    return kept


def _draft(row: DraftTable) -> Draft:
    return Draft(row.key, row.content, row.saved_at)
