"""The items of a workspace: counted by type, listed, searched and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Select, func, select

from finegrain.collect.items.contract import Item
from finegrain.collect.items.errors import UnknownItemError
from finegrain.collect.items.tables import ItemTable

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from finegrain.store.ops import OpsStore

Items = list[Item]
_Query = TypeVar("_Query", bound="Select[*tuple[Any, ...]]")


class ItemService:
    """Reads the records of things that SDKs set and delete.

    Args:
        ops: the ops store.
    """

    def __init__(self, ops: OpsStore) -> None:
        self._ops = ops

    def types(self) -> dict[str, int]:
        """Give how many items there are of each type, most first; deleted ones do not count."""
        with self._ops.reading() as session:
            return _types(session)

    def list(
        self,
        type: str | None = None,  # noqa: A002 - its name
        text: str = "",
        *,
        deleted: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> Items:
        """Give items by type and id.

        Args:
            type: only those of this type.
            text: only those in whose id or values this stands; letters match without regard to case as far as the database
                does so (SQLite: ASCII letters).
            deleted: those that were deleted, in place of those that are there.
            limit: at most so many, from ``offset`` on.
            offset: how many to leave out.
        """
        query = _wanted(select(ItemTable), type, text, deleted=deleted).order_by(ItemTable.item_type, ItemTable.item_id)
        with self._ops.reading() as session:
            return [_item(row) for row in session.scalars(query.limit(limit).offset(offset))]

    def count(self, type: str | None = None, text: str = "", *, deleted: bool = False) -> int:  # noqa: A002 - its name
        """Give how many items ``list`` would give without a limit."""
        query = _wanted(select(func.count()).select_from(ItemTable), type, text, deleted=deleted)
        with self._ops.reading() as session:
            return session.scalar(query) or 0

    def get(self, type: str, id: str) -> Item:  # noqa: A002 - their names
        """Give one item, deleted or not.

        Raises:
            UnknownItemError: there is none.
        """
        with self._ops.reading() as session:
            row = session.get(ItemTable, (type, id))
            if row is None:
                raise UnknownItemError(item=id, type=type, known=", ".join(_types(session)) or "–")
            return _item(row)


def _types(session: Session) -> dict[str, int]:
    count = func.count()
    query = select(ItemTable.item_type, count).where(ItemTable.deleted.is_(False)).group_by(ItemTable.item_type)
    return {row[0]: row[1] for row in session.execute(query.order_by(count.desc(), ItemTable.item_type))}


def _wanted(query: _Query, item_type: str | None, text: str, *, deleted: bool) -> _Query:
    query = query.where(ItemTable.deleted.is_(deleted))
    if item_type is not None:
        query = query.where(ItemTable.item_type == item_type)
    if text.strip():
        query = query.where(ItemTable.text.icontains(text.strip(), autoescape=True))
    return query


def _item(row: ItemTable) -> Item:
    latest = max(at for at in (row.set_at, row.deleted_at) if at is not None)
    return Item(row.item_type, row.item_id, row.values, latest, row.source, row.deleted)
