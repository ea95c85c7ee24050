"""Stores changes of items inside a transaction that the caller holds, so that they are committed with what came with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from finegrain.collect.items.folding import NEVER, ItemState
from finegrain.collect.items.tables import ItemTable
from finegrain.store.ops.among import among
from finegrain.store.ops.inserting import insert_new

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from finegrain.collect.wire.contract import ItemCall

Key = tuple[str, str]
_IN_LIST = 500
_LONGEST_TEXT = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def apply_item_calls(session: Session, calls: Iterable[tuple[ItemCall, str]]) -> None:
    """Apply calls, each with the source that sent it; in any order, and any number of times."""
    by_item: dict[Key, list[tuple[ItemCall, str]]] = {}
    for call, source in calls:
        by_item.setdefault((call.item_type, call.item_id), []).append((call, source))
    if not by_item:
        return
    insert_new(session, ItemTable, [_row(key, ItemState()) for key in by_item], key=["item_type", "item_id"])
    changed = []
    for key, state in _states(session, list(by_item)):
        before = _row(key, state)
        _apply(state, by_item[key])
        after = _row(key, state)
        if after != before:
            changed.append(after)
    if changed:
        session.execute(update(ItemTable), changed)


def _apply(state: ItemState, calls: Iterable[tuple[ItemCall, str]]) -> None:
    for call, source in calls:
        at = (call.time - _EPOCH) // _MICROSECOND
        if call.action == "set":
            state.set(call.values, at, source)
        else:
            state.delete(at, source)


def _states(session: Session, keys: Sequence[Key]) -> Iterator[tuple[Key, ItemState]]:
    by_type: dict[str, list[str]] = {}
    for item_type, item_id in keys:
        by_type.setdefault(item_type, []).append(item_id)
    for item_type, ids in by_type.items():
        for start in range(0, len(ids), _IN_LIST):
            part = among(ItemTable.item_id, ids[start : start + _IN_LIST])
            for row in session.scalars(select(ItemTable).where(ItemTable.item_type == item_type, part)):
                yield (row.item_type, row.item_id), _state(row)


def _state(row: ItemTable) -> ItemState:
    set_at, deleted_at = (NEVER if at is None else (at - _EPOCH) // _MICROSECOND for at in (row.set_at, row.deleted_at))
    return ItemState(dict(row.values), dict(row.times), set_at, deleted_at, row.source)


def _row(key: Key, state: ItemState) -> dict[str, Any]:
    set_at, deleted_at = (None if at == NEVER else _EPOCH + at * _MICROSECOND for at in (state.set_at, state.deleted_at))
    return {
        "item_type": key[0],
        "item_id": key[1],
        "values": dict(state.values),
        "times": dict(state.times),
        "set_at": set_at,
        "deleted_at": deleted_at,
        "deleted": state.deleted,
        "source": state.source,
        "text": " ".join((key[1], *_texts(state.values)))[:_LONGEST_TEXT],
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif value is not None:
        yield str(value)
