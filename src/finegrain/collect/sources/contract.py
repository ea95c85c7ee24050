"""What a source is, and what making one gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from finegrain.collect.wire.contract import WireFormat

if TYPE_CHECKING:
    from datetime import datetime

FORMATS: tuple[WireFormat, ...] = get_args(WireFormat)
"""The formats that a source can send."""


@dataclass(frozen=True)
class Source:
    """One app, site or server that sends.

    Attributes:
        name: stands in every event that came from it, and never changes.
        key_hint: the last four characters of its key, by which people tell keys apart.
        allowed_origins: web origins whose pages may send, such as ``https://shop.example``; empty allows all.
        enabled: whether it may send.
        key_made_at: when its present key was made, aware, in UTC.
        old_key_until: until when the key before it is good too; None when it is not.
    """

    id: int
    name: str
    format: WireFormat
    key_hint: str
    allowed_origins: tuple[str, ...]
    enabled: bool
    created_at: datetime
    key_made_at: datetime
    old_key_until: datetime | None

    def allows(self, origin: str | None) -> bool:
        """Say whether a page of ``origin`` may send; None stands for a program, which has no origin."""
        return not self.allowed_origins or origin is None or origin in self.allowed_origins

    def to_dict(self) -> dict[str, Any]:
        """Give the source as the JSON object that the CLI prints; times in ISO form, UTC."""
        return {
            "name": self.name,
            "format": self.format,
            "key_hint": self.key_hint,
            "allowed_origins": list(self.allowed_origins),
            "enabled": self.enabled,
            "created_at": self.created_at.isoformat(),
            "key_made_at": self.key_made_at.isoformat(),
            "old_key_until": self.old_key_until.isoformat() if self.old_key_until else None,
        }


@dataclass(frozen=True)
class NewKey:
    """A source with the key that was just made for it; the key is shown now and never again."""

    source: Source
    key: str
