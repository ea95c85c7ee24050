"""The present: the moment for which figures are shown, where nobody names one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from finegrain.errors import BadValueError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.clock import Clock
    from finegrain.zones import Zone

_MOMENTS = Phrase("a date such as 2024-06-01, a time such as 2024-06-01T12:00, or now")


class Present:
    """Tells which moment is meant.

    Args:
        clock: where the present time comes from.
        zone: the zone of dates and of times that name none.
        data_end: gives the time of the newest event, aware; None where there is none.
        follows_data: whether the present is the end of the data where the data stops more than a day ago.
    """

    def __init__(self, clock: Clock, zone: Zone, data_end: Callable[[], datetime | None], *, follows_data: bool) -> None:
        self._clock = clock
        self._zone = zone
        self._data_end = data_end
        self._follows_data = follows_data

    def moment(self, named: str | date | datetime | None = None) -> datetime:
        """Give the moment for which figures are shown, aware, in UTC.

        Args:
            named: an aware datetime; a naive one or a text in ISO form, taken in the project's zone; a date, meaning its
                first instant; ``"now"``, taken up to the next full minute; or None for what the setting ``as_of`` says.
                ``auto`` takes the end of the civil day of the newest event where the data stops more than a day ago, else now.

        Raises:
            BadValueError: the text is not a moment, or one at the very edge of the calendar that UTC cannot hold.
        """
        if isinstance(named, str) and named != "now":
            named = _parse_moment(named)
        if isinstance(named, date):  # a datetime is one, too
            return self._instant(named)
        if named is None and self._follows_data:
            return self._end_of_data()
        return self._now()

    def _instant(self, moment: date | datetime) -> datetime:
        try:
            if not isinstance(moment, datetime):
                return self._zone.day_start(moment)
            return (moment if moment.tzinfo else moment.replace(tzinfo=self._zone.info)).astimezone(UTC)
        except OverflowError as error:
            raise BadValueError(name="as-of", value=moment, allowed=_MOMENTS) from error

    def _now(self) -> datetime:
        # Up to the next full minute, so that questions asked within a minute share what was computed for the first.
        now = self._clock.now()
        floor = now.replace(second=0, microsecond=0)
        return floor if floor == now else floor + timedelta(minutes=1)

    def _end_of_data(self) -> datetime:
        now, newest = self._clock.now(), self._data_end()
        if newest is None or newest > now - timedelta(days=1):
            return self._now()
        return self._zone.day_start(self._zone.day_of(newest) + timedelta(days=1))


def _parse_moment(text: str) -> date | datetime:
    for parse in (date.fromisoformat, datetime.fromisoformat):
        try:
            return parse(text)
        except ValueError:
            continue
    raise BadValueError(name="as-of", value=text, allowed=_MOMENTS)
