"""What goes into the pipeline, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from finegrain.collect.wire.contract import DecodedRequest, RefusedItem, WireFormat


@dataclass(frozen=True)
class Arrival:
    """One decoded request with where it came from.

    Attributes:
        source: the name of the source.
        received_at: aware, in UTC.
        user_agent: of the program that sent it; empty when it said none.
        replayed: it comes out of the dead letters, where what is refused lies already.
    """

    decoded: DecodedRequest
    source: str
    format: WireFormat
    received_at: datetime
    user_agent: str = ""
    replayed: bool = False


@dataclass(frozen=True)
class Receipt:
    """What became of one request; it is durable.

    Attributes:
        stored: events that were new; where it is ``early``, all that were taken.
        duplicates: events whose message id had been stored before, or stands twice in the request; 0 where it is ``early``.
        refused: items that could not be stored, by position.
        early: it is in the journal and not in the stores yet, so that nobody knows which of its events are new.
    """

    stored: int
    duplicates: int
    refused: tuple[RefusedItem, ...]
    early: bool = False
