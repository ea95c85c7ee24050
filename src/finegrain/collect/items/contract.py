"""An item, as the service gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Item:
    """One record of a thing.

    Attributes:
        type: what kind of thing, in the sender's words.
        id: tells it from others of its type.
        values: by name, the newest of each; empty when it was deleted.
        set_at: when anything of it was last set or deleted, aware, in UTC.
        source: who sent that.
        deleted: whether it was deleted since it was last set.
    """

    type: str
    id: str
    values: dict[str, Any]
    set_at: datetime
    source: str
    deleted: bool

    def to_dict(self) -> dict[str, Any]:
        """Give the item as the JSON object that the CLI prints; times in ISO form, UTC."""
        return {
            "type": self.type,
            "id": self.id,
            "values": self.values,
            "set_at": self.set_at.isoformat(),
            "source": self.source,
            "deleted": self.deleted,
        }
