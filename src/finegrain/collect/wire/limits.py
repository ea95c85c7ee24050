"""How much of each format one request may hold."""

from __future__ import annotations

from dataclasses import dataclass

MAX_DEPTH = 64
"""Levels of objects and lists inside an item: well inside what every JSON reader and store takes."""
MAX_ID_CHARS = 255
"""Longest id and message id, in characters: what 神策 states, and what an import takes."""
MAX_NAME_CHARS = 255
"""Longest name of an event, in characters."""


@dataclass(frozen=True)
class Limits:
    """What one request may hold.

    Attributes:
        body_bytes: of the body, both as sent and after unpacking.
        item_bytes: of one item as JSON.
        items: items; those after it are refused one by one, and ten times as many refuse the request.
        values: values of any kind (counted as commas), which bounds the memory of a decoded body.
    """

    body_bytes: int
    item_bytes: int
    items: int
    values: int


SEGMENT = Limits(body_bytes=576 * 1024, item_bytes=32 * 1024, items=2_500, values=200_000)
"""Segment's own: 500 KB, and what its SDKs add, since they count the last message of a batch and its envelope after the fact."""
SENSORS = Limits(body_bytes=8 << 20, item_bytes=256 * 1024, items=2_500, values=500_000)
"""神策 states 50 records a request, and no size; servers in use take more, and so does this."""
POSTHOG = Limits(body_bytes=20 << 20, item_bytes=1 << 20, items=20_000, values=1_000_000)
"""PostHog's own: 20 MB a request, 1 MB an event."""
