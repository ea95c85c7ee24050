"""Thresholds: declaring them, and checking at the border what somebody wants them to be."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from finegrain.audience.errors import (
    ThresholdChoiceError,
    ThresholdExceedsError,
    ThresholdNotANumberError,
    ThresholdNotWholeError,
    ThresholdOrderError,
    ThresholdOutOfRangeError,
    UnknownThresholdError,
)
from finegrain.audience.tiers.contract import Threshold
from finegrain.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Values = dict[str, float | str]

DAYS = N_("days")
PURCHASES = N_("purchases")
PERCENT = N_("%")
TIMES = N_("times")
MONEY = "money"
"""Stands for the currency's code until the workspace, and with it the currency, is known."""

LONGEST_DAYS = 3650
MOST_PURCHASES = 100_000
MOST_MONEY = 1_000_000_000


def days(name: str, label: str, default: int, help_text: str, **more: Any) -> Threshold:
    """Declare a threshold in whole days, from 1 to 3,650."""
    return _number(name, label, default, help_text, unit=DAYS, minimum=1, maximum=LONGEST_DAYS, whole=True, **more)


def purchases(name: str, label: str, default: int, help_text: str, *, minimum: int = 1, **more: Any) -> Threshold:
    """Declare a threshold that counts purchases."""
    return _number(name, label, default, help_text, unit=PURCHASES, minimum=minimum, maximum=MOST_PURCHASES, whole=True, **more)


def money(name: str, label: str, default: float, help_text: str, **more: Any) -> Threshold:
    """Declare a threshold in major units of the workspace's currency."""
    return _number(name, label, default, help_text, unit=MONEY, minimum=0, maximum=MOST_MONEY, **more)


def percent(name: str, label: str, default: float, help_text: str, **more: Any) -> Threshold:
    """Declare a threshold that is a part of a hundred."""
    return _number(name, label, default, help_text, unit=PERCENT, minimum=0, maximum=100, **more)


def times(name: str, label: str, default: float, help_text: str, *, minimum: float, maximum: float) -> Threshold:
    """Declare a threshold that multiplies something."""
    return _number(name, label, default, help_text, unit=TIMES, minimum=minimum, maximum=maximum)


def choice(name: str, label: str, choices: Mapping[str, str], help_text: str, **more: Any) -> Threshold:
    """Declare a closed choice, value → label; the first one is the default."""
    first = next(iter(choices))
    labels = tuple(choices.values())
    return Threshold(name, label, first, first, "", None, None, tuple(choices), help_text, choice_labels=labels, **more)


def _number(
    name: str, label: str, default: float, help_text: str, *, unit: str, minimum: float, maximum: float, **more: Any
) -> Threshold:
    return Threshold(name, label, default, default, unit, minimum, maximum, (), help_text, **more)


def check(scheme: str, declared: Sequence[Threshold], given: Mapping[str, Any]) -> Values:
    """Give the values ``given`` in the types declared.

    Numbers may come as text. Whole thresholds come back as int.

    Raises:
        UnknownThresholdError: the scheme has no such threshold.
        BadThresholdError: a value cannot be used.
    """
    by_name = {threshold.name: threshold for threshold in declared}
    for name in given:
        if name not in by_name:
            raise UnknownThresholdError(scheme=scheme, name=name, allowed=", ".join(by_name))
    return {name: _checked(by_name[name], value) for name, value in given.items()}


def _checked(threshold: Threshold, value: Any) -> float | str:
    if threshold.choices:
        if value not in threshold.choices:
            raise ThresholdChoiceError(name=threshold.name, value=value, allowed=", ".join(threshold.choices))
        return str(value)
    limits = {"minimum": _plain(threshold.minimum), "maximum": _plain(threshold.maximum)}
    number = _as_number(value)
    if number is None:
        raise ThresholdNotANumberError(name=threshold.name, value=value, **limits)
    if threshold.minimum is None or threshold.maximum is None or not threshold.minimum <= number <= threshold.maximum:
        raise ThresholdOutOfRangeError(name=threshold.name, value=_plain(number), **limits)
    if threshold.whole and number != int(number):
        raise ThresholdNotWholeError(name=threshold.name, value=number, **limits)
    return int(number) if threshold.whole else number


def _as_number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:g}" if number < MOST_PURCHASES else f"{number:.0f}"


def require_rising(values: Values, *names: str, equal_allowed: bool = False) -> None:
    """Check that the thresholds ``names`` rise in this order.

    Raises:
        ThresholdOrderError: two of them do not.
    """
    for lower, upper in pairwise(names):
        low, high = float(values[lower]), float(values[upper])
        if low > high or (low == high and not equal_allowed):
            error = ThresholdExceedsError if equal_allowed else ThresholdOrderError
            raise error(lower=lower, lower_value=_plain(low), upper=upper, upper_value=_plain(high))


def with_values(declared: Sequence[Threshold], values: Values, currency: str) -> tuple[Threshold, ...]:
    """Give the declared thresholds with their present values and the currency as the unit of money."""
    return tuple(replace(row, value=values[row.name], unit=currency if row.unit == MONEY else row.unit) for row in declared)
