"""What has been read of a request so far: calls, refused items, and ids given to messages that came without one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from finegrain.collect.wire.contract import DecodedRequest, RefusedItem
from finegrain.collect.wire.errors import TooManyItemsError
from finegrain.collect.wire.ids import digest
from finegrain.collect.wire.limits import MAX_NAME_CHARS
from finegrain.collect.wire.reasons import Refused
from finegrain.collect.wire.times import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    import msgspec

    from finegrain.collect.wire.contract import Call
    from finegrain.collect.wire.limits import Limits

FUTURE_TIME = "$future_time"
"""Property of an event whose time lay in the future: that time. The event itself counts as of its receipt."""
_FAR_TOO_MANY = 10


class Harvest:
    """Collects what the items of one request say; an item that cannot be read never takes its neighbours with it.

    Args:
        received_at: when the request came in, aware, in UTC.
        limits: of its format.
    """

    def __init__(self, received_at: datetime, limits: Limits) -> None:
        self.received_at = received_at
        self.limits = limits
        self._latest = received_at + TOLERANCE
        self._calls: list[tuple[int, Call]] = []
        self._refused: list[RefusedItem] = []
        self._clamped: list[int] = []
        self._alike: Counter[str] = Counter()
        self._items = 0

    def read(self, items: Sequence[msgspec.Raw], reader: Callable[[int, bytes], Iterable[Call]]) -> None:
        """Read every item by ``reader``, which gives the calls of one item or raises ``Refused``.

        Raises:
            TooManyItemsError: there are over ten times as many as the limit.
        """
        self._items = len(items)
        most = self.limits.items
        if len(items) > most * _FAR_TOO_MANY:
            raise TooManyItemsError(found=len(items), limit=most)
        for position, item in enumerate(items[:most]):
            self.read_one(position, bytes(item), reader)
        if len(items) > most:
            detail = Refused("too_many", limit=most).detail()
            for position in range(most, len(items)):
                self._refuse(position, bytes(items[position]), "too_many", detail)

    def read_one(self, position: int, raw: bytes, reader: Callable[[int, bytes], Iterable[Call]]) -> None:
        """Read one item; its calls are added, or it is refused."""
        try:
            for call in reader(position, raw):
                self._calls.append((position, call))
        except Refused as refusal:
            self._refuse(position, raw, refusal.reason, refusal.detail())

    def start(self, items: int) -> None:
        """Say how many items there are; for those who read them one by one."""
        self._items = items

    def add(self, position: int, call: Call) -> None:
        """Add a call of the item at a position."""
        self._calls.append((position, call))

    def _refuse(self, position: int, raw: bytes, reason: str, detail: str) -> None:
        text = raw[: self.limits.item_bytes].decode("utf-8", "replace")
        self._refused.append(RefusedItem(position, reason, detail, text))

    def clamp(self, position: int, moment: datetime) -> tuple[datetime, str | None]:
        """Give ``moment``, or the moment of receipt where it lies later; and what it claimed, where that is over a minute ahead.

        What it claimed is kept with an event as the property ``$future_time``.
        """
        if moment <= self.received_at:
            return moment, None
        if moment <= self._latest:
            return self.received_at, None
        self._clamped.append(position)
        return self.received_at, moment.isoformat()

    def derived_id(self, position: int, content: bytes, *, timed: bool) -> str:
        """Give an id to a message that came without one.

        It is made from the content, so that the same request counts once however often it is sent; where the content has no
        time of its own, also from the moment of receipt and the position, since the same words may be meant twice. Of items
        that are alike in one request each counts.
        """
        if not timed:
            content = b"%s\0%a\0%d" % (content, self.received_at, position)
        made = digest(content)
        self._alike[made] += 1
        nth = self._alike[made]
        return made if nth == 1 else f"{made}.{nth}"

    def finish(self, key: str | None, *, dry_run: bool = False, wrong_checksums: int = 0, **envelope: Any) -> DecodedRequest:
        """Give what was collected, with what stood around the items; of that, what is None is left out."""
        return DecodedRequest(
            key=key,
            calls=tuple(self._calls),
            refused=tuple(self._refused),
            items=self._items,
            dry_run=dry_run,
            clamped=tuple(dict.fromkeys(self._clamped)),
            wrong_checksums=wrong_checksums,
            envelope={name: value for name, value in envelope.items() if value is not None},
        )


def event_name(field: str, value: object) -> str:
    """Give ``value`` as the name of an event.

    Raises:
        Refused: it is no text, blank, or too long.
    """
    if not isinstance(value, str) or not value or value.isspace():
        raise Refused("no_event", field=field)
    if len(value) > MAX_NAME_CHARS:
        raise Refused("name_too_long", value=value, limit=MAX_NAME_CHARS)
    return value
