"""What is asked of a simulation: how many people, which days, which seed, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from finegrain.errors import BadValueError
from finegrain.i18n import Phrase
from finegrain.money import exponent
from finegrain.zones import Zone

DEFAULT_PEOPLE = 20_000
DEFAULT_DAYS = 400
DEFAULT_SEED = 1111
MAX_PEOPLE = 5_000_000
MAX_DAYS = 3_650


@dataclass(frozen=True, kw_only=True)
class ShopPlan:
    """One shop to simulate. The same plan always gives the same shop, byte by byte.

    Args:
        until: the last civil day of the shop's history.
        people: how many people sign up, 1 to 5,000,000.
        days: length of the history in civil days, 1 to 3,650.
        seed: where the random numbers start, 0 or more.
        zone: IANA name of the shop's time zone.
        currency: ISO 4217 code of its prices.
        causes: whether causes are planted: lack of reach that makes people drop out, and a broken check-out step.

    Raises:
        BadValueError: a number lies outside what is allowed, or zone or currency do not exist.

    Examples:
        >>> ShopPlan(until=date(2024, 12, 31), days=366).first_day
        datetime.date(2024, 1, 1)
    """

    until: date
    people: int = DEFAULT_PEOPLE
    days: int = DEFAULT_DAYS
    seed: int = DEFAULT_SEED
    zone: str = "Asia/Shanghai"
    currency: str = "CNY"
    causes: bool = True

    def __post_init__(self) -> None:
        _check("people", self.people, 1, MAX_PEOPLE)
        _check("days", self.days, 1, MAX_DAYS)
        _check("seed", self.seed, 0, 2**63 - 1)
        Zone(self.zone)
        exponent(self.currency)

    @property
    def first_day(self) -> date:
        """The first civil day of the history."""
        return self.until - timedelta(days=self.days - 1)

    @property
    def minor_units(self) -> int:
        """How many minor units make one major unit (100 分 are 1 元)."""
        return int(10 ** exponent(self.currency))

    def to_dict(self) -> dict[str, Any]:
        """Give the plan as JSON, the form in which it stands beside the data."""
        return {
            "people": self.people,
            "days": self.days,
            "seed": self.seed,
            "first_day": self.first_day.isoformat(),
            "until": self.until.isoformat(),
            "zone": self.zone,
            "currency": self.currency,
            "causes": self.causes,
        }


def _check(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise BadValueError(
            name=name, value=value, allowed=Phrase("a whole number from {least} to {most}", least=f"{least:,}", most=f"{most:,}")
        )
