"""A request as the door hands it to a decoder: all of it that a decoder may look at."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True)
class WireRequest:
    """One HTTP request.

    Attributes:
        path: as it was asked for; its last segment tells the call.
        body: as it was sent, still packed.
        received_at: when it came in, aware, in UTC.
        query: by name, decoded.
        headers: by name in lower case.
    """

    path: str
    body: bytes
    received_at: datetime
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        """The last segment of the path, in lower case; empty for the root."""
        return self.path.rstrip("/").rpartition("/")[2].lower()

    @property
    def basic_user(self) -> str | None:
        """The user of HTTP Basic authentication, where a write key stands; None without one, or where it is unreadable."""
        scheme, _, coded = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user = base64.b64decode(coded.strip(), validate=True).decode().partition(":")[0]
        except (binascii.Error, ValueError):
            return None
        return user or None
