"""What a draft is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Draft:
    """Unfinished work of one user.

    Attributes:
        key: what it is about, such as ``segment/new``; chosen by the page.
        content: what the page put there, as JSON values.
        saved_at: when it was kept last; aware, in UTC.
    """

    key: str
    content: dict[str, Any]
    saved_at: datetime
