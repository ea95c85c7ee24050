"""Numbers, money, shares, days and instants as the current user reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.i18n import current_language
from finegrain.money import Money

if TYPE_CHECKING:
    from datetime import date, datetime

    from finegrain.zones import Bucket, Zone

NOTHING = "–"
"""What stands where there is no figure."""

_COMPACT_FROM = 100_000


def number(value: float | None, *, decimals: int = 0) -> str:
    """Write a number out in full: ``48,213``; None as a dash.

    Examples:
        >>> number(48213), number(2.5, decimals=1), number(None)
        ('48,213', '2.5', '–')
    """
    return NOTHING if value is None else f"{value:,.{decimals}f}"


def compact(value: float | None) -> str:
    """Write a number short from 100,000 on: ``128.5万`` in Chinese, ``1.3M`` in English; None as a dash."""
    if value is None or abs(value) < _COMPACT_FROM:
        return number(value)
    from babel.numbers import format_compact_decimal

    return format_compact_decimal(value, locale=current_language(), fraction_digits=1)


def percent(share: float | None, *, decimals: int = 1) -> str:
    """Write a share (1 is the whole) as a percentage: ``34.2%``; None as a dash.

    Examples:
        >>> percent(0.342), percent(None)
        ('34.2%', '–')
    """
    return NOTHING if share is None else f"{share * 100:,.{decimals}f}%"


def money(amount_minor: int | None, currency: str) -> str:
    """Write minor units of ``currency`` out in full: ``¥1,284,930.00``; None as a dash."""
    return NOTHING if amount_minor is None else Money(currency, amount_minor).text(current_language())


def money_compact(amount_minor: int | None, currency: str) -> str:
    """Write minor units of ``currency`` short: ``¥128.5万`` in Chinese, ``¥1.28M`` in English; None as a dash."""
    return NOTHING if amount_minor is None else Money(currency, amount_minor).compact(current_language())


def day(value: date | None) -> str:
    """Write a civil day as tables do: ``2024-06-01``; None as a dash."""
    return NOTHING if value is None else value.isoformat()


def short_day(value: date) -> str:
    """Write a civil day as axes do, without its year: ``6月1日``, ``Jun 1``."""
    from babel.dates import format_skeleton

    return format_skeleton("MMMd", value, locale=current_language())


def bucket_label(start: date, bucket: Bucket) -> str:
    """Write the start of a bucket as axes do: a day for days and weeks, else ``2024年6月``, ``Jun 2024``."""
    from babel.dates import format_skeleton

    return short_day(start) if bucket in {"day", "week"} else format_skeleton("yMMM", start, locale=current_language())


def moment(value: datetime | None, zone: Zone) -> str:
    """Write an instant to the minute in the project's zone: ``2024-06-01 14:03``; None as a dash."""
    return NOTHING if value is None else f"{value.astimezone(zone.info):%Y-%m-%d %H:%M}"
