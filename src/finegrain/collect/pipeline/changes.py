"""Applies what requests say about people beside events: links between ids, and changes of traits, each message once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from sqlalchemy import Table, delete, select

from finegrain.collect.pipeline.tables import AppliedChangeTable
from finegrain.collect.wire.contract import LinkCall, TraitCall
from finegrain.collect.wire.ids import digest
from finegrain.collect.wire.limits import MAX_ID_CHARS
from finegrain.people import linking, trait_writing
from finegrain.people.contract import Link, TraitChange
from finegrain.store.ops.among import among_named, listed
from finegrain.store.ops.rows import insert_rows, read_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finegrain.collect.pipeline.known import KnownLinks
    from finegrain.collect.pipeline.rows import Rows

_APPLIED_CHANGES = cast("Table", AppliedChangeTable.__table__)
_APPLIED = select(AppliedChangeTable.message_id).where(among_named(AppliedChangeTable.message_id, "wanted"))


def new_links(group: Sequence[Rows], known: KnownLinks) -> list[Link]:
    """Give the links of a group that may say something new."""
    calls = ((call, rows.arrival.source) for rows in group for call in rows.changes if isinstance(call, LinkCall))
    return [
        Link(call.kind, call.from_id, call.to_id, call.time, call.from_login, call.to_login, source, call.message_id)
        for call, source in calls
        if known.is_news(call)
    ]


def apply_links(session: Session, links: Sequence[Link]) -> linking.Applied:
    """Apply links in the caller's transaction; one that was applied before says nothing new, and is not applied again."""
    return linking.apply_links(session, links) if links else linking.Applied()


def apply_traits(session: Session, group: Sequence[Rows]) -> None:
    """Apply the changes of traits of a group, in order, in the caller's transaction; each message once."""
    changes: dict[str, tuple[TraitChange, datetime]] = {}
    for rows in group:
        for call in rows.changes:
            if isinstance(call, TraitCall):
                change = TraitChange(call.distinct_id, call.values, call.time, call.action, rows.arrival.source, call.message_id)
                changes.setdefault(_key(call.message_id), (change, rows.arrival.received_at))
    for key in _applied(session, list(changes)):
        del changes[key]
    if changes:
        new = [{"message_id": key, "applied_at": received_at} for key, (_, received_at) in changes.items()]
        insert_rows(session.connection(), _APPLIED_CHANGES, new)
        trait_writing.set_traits(session, [change for change, _ in changes.values()])


def forget_applied(session: Session, now: datetime, window_days: int) -> None:
    """Forget messages that arrived so long ago that none of them is sent again."""
    session.execute(delete(AppliedChangeTable).where(AppliedChangeTable.applied_at < now - timedelta(days=window_days)))


def _key(message_id: str) -> str:
    return message_id if len(message_id) <= MAX_ID_CHARS else digest(message_id.encode())


def _applied(session: Session, keys: Sequence[str]) -> list[str]:
    return [key for (key,) in read_rows(session.connection(), _APPLIED, {"wanted": listed(keys)})] if keys else []
