"""Times as clients send them, and as they were by the server's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from finegrain.collect.wire.reasons import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
"""Times before this are refused, as an import does."""
TOLERANCE = timedelta(minutes=1)
"""How far ahead a clock may be without the event being marked."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = (1e8, 1e11)
_MILLISECONDS = (1e11, 1e14)
_MICROSECONDS = (1e14, 1e17)
_UNPADDED = range(len("2024-01-02 03:04:05.7"), len("2024-01-02 03:04:05.078"))
_POINT = len("2024-01-02 03:04:05")


def read_time(value: object) -> datetime | None:
    """Read a time: ISO 8601 (UTC where it names no zone), or seconds, milliseconds or microseconds since 1970.

    Numbers, also as text, are told apart by size: 10 digits are seconds, 13 milliseconds, 16 microseconds.

    Returns:
        Aware, in UTC; None where there is no value.

    Raises:
        Refused: it cannot be read, or lies before 1900.
    """
    if value is None or value == "":
        return None
    try:
        moment = _from_text(value) if isinstance(value, str) else _from_number(value)
    except (ValueError, OverflowError) as error:
        raise Refused("bad_time", value=value) from error
    if moment < EARLIEST:
        raise Refused("bad_time", value=value)
    return moment


def read_times(texts: Sequence[str]) -> list[datetime] | None:
    """Give what ``read_time`` gives for each text; None where one of them is no plain ISO 8601 in UTC."""
    if any(map(str.isdigit, texts)):
        return None
    try:
        moments = list(map(datetime.fromisoformat, texts))
    except ValueError:
        return None
    # Without a zone they could not be compared.
    return None if any(moment.tzinfo is not UTC for moment in moments) or min(moments, default=EARLIEST) < EARLIEST else moments


def read_time_or_none(value: object) -> datetime | None:
    """Read a time that may be wrong without harm, such as the moment of sending; None where it cannot be read."""
    try:
        return read_time(value)
    except Refused:
        return None


class Correction:
    """Brings times of a client's clock onto the server's: ``received_at − (sent_at − original)``.

    Args:
        received_at: when the request came in, aware, in UTC.
        sent_at: when it was sent by the client's clock; None leaves times as they are.

    Examples:
        >>> noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
        >>> Correction(noon, noon + timedelta(hours=2)).apply(noon + timedelta(hours=1)).isoformat()
        '2024-01-01T11:00:00+00:00'
    """

    __slots__ = ("_skew", "received_at")

    def __init__(self, received_at: datetime, sent_at: datetime | None) -> None:
        self.received_at = received_at
        self._skew = None if sent_at is None else received_at - sent_at

    def apply(self, original: datetime | None) -> datetime:
        """Give the time by the server's clock, which may lie in the future; the moment of receipt where there is none.

        Raises:
            Refused: the corrected time lies before 1900 or beyond the calendar.
        """
        if original is None:
            return self.received_at
        if self._skew is None:
            return original
        try:
            moment = original + self._skew
        except OverflowError as error:
            raise Refused("bad_time", value=original.isoformat()) from error
        if moment < EARLIEST:
            raise Refused("bad_time", value=original.isoformat())
        return moment

    def apply_all(self, originals: Sequence[datetime]) -> list[datetime] | None:
        """Give what ``apply`` gives for each; None where that would refuse one."""
        skew = self._skew
        if skew is None:
            return list(originals)
        try:
            moments = [original + skew for original in originals]
        except OverflowError:
            return None
        return None if min(moments, default=EARLIEST) < EARLIEST else moments


def pad_milliseconds(text: str) -> str:
    """Write milliseconds with three digits, where 神策's Python SDK wrote them with one or two.

    Examples:
        >>> pad_milliseconds("2024-01-02 03:04:05.7")
        '2024-01-02 03:04:05.007'
        >>> pad_milliseconds("1.7"), pad_milliseconds("2024-01-02 03:04:05.700")
        ('1.7', '2024-01-02 03:04:05.700')
    """
    if len(text) not in _UNPADDED or text[_POINT] != "." or not _is_datetime(text[:_POINT]):
        return text
    fraction = text[_POINT + 1 :]
    return f"{text[:_POINT]}.{fraction.zfill(3)}" if fraction.isdigit() else text


def _from_text(text: str) -> datetime:
    if text.isdigit() and text.isascii():
        return _from_number(int(text))
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is UTC:
        return moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _from_number(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError  # noqa: TRY004 - the caller makes one refusal of every unreadable value
    for (least, most), unit in _UNITS:
        if least <= value < most:
            return _EPOCH + value * unit
    if value == 0:
        return _EPOCH
    raise ValueError


_UNITS = (
    (_SECONDS, timedelta(seconds=1)),
    (_MILLISECONDS, timedelta(milliseconds=1)),
    (_MICROSECONDS, timedelta(microseconds=1)),
)


@lru_cache(maxsize=1024)
def _is_datetime(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True
