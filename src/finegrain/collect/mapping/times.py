"""How the values of a time column are written, told from the values."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?")
_YEAR_FIRST = re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_CHINESE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_MONTH_NAMED = (
    (re.compile(r"\d{1,2}([-/ ])[A-Za-z]{3}\1(\d{4}|\d{2})(?!\d)"), "%d{0}%b{0}{1}"),
    (re.compile(r"[A-Za-z]{3}( )\d{1,2}, (\d{4})"), "%b %d, {1}"),
    (re.compile(r"[A-Za-z]{4,9}( )\d{1,2}, (\d{4})"), "%B %d, {1}"),
)
_CLOCK = re.compile(
    r"(?P<gap>T| *)\d{1,2}(?P<mark>[:时])\d{1,2}(?P<seconds>(?:[:分]\d{1,2})?)(?P<fraction>\.\d{1,9})?(?P<end>[分秒]?)"
)
_HALF = re.compile(r"(?P<gap> ?)(?:AM|PM|am|pm)")
_OFFSET = re.compile(r"(?P<gap> ?)(?:[+-]\d{2}:?\d{2}|Z)")
_DAY_FIRST, _MONTH_FIRST = "%d{0}%m{0}", "%m{0}%d{0}"
_EPOCH_S = range(10**8, 5 * 10**9)
_EXCEL = (20_000.0, 80_000.0)
_LAST_MONTH = 12


@dataclass(frozen=True)
class TimeGuess:
    """How a time column is read.

    Attributes:
        format: as ``Mapping.time_format``.
        share: share of the values that are written so, in 0–1.
        reason: what it was told by, in the reader's language.
        ambiguous: whether day and month could be the other way round.
    """

    format: str
    share: float
    reason: str
    ambiguous: bool = False


def guess_time(values: Sequence[str]) -> TimeGuess | None:
    """Tell how times are written; ``values`` are texts, none of them empty.

    The most frequent way wins. Where day and month stand first, a number above 12 in one of the two places decides; without
    one the reading under which the values run in one direction does; else months stand first between slashes, days first
    between points and hyphens, and the guess is marked ambiguous.

    Returns:
        None where fewer than half of the values look like times.
    """
    if not values:
        return None
    forms = Counter(_form(value.strip()) for value in values)
    forms.pop("", None)
    if not forms:
        return None
    form, count = forms.most_common(1)[0]
    if forms.total() * 2 < len(values):
        return None
    share = count / len(values)
    if form.startswith("?"):
        return _day_or_month(form[1:], values, share)
    return TimeGuess(form, share, _reason(form, values[0]))


def first_decisive(values: Iterable[str]) -> str | None:
    """Give the first value of which only one reading, day first or month first, is a date."""
    return next((value for value in values if _order_of(value) is not None), None)


def _form(value: str) -> str:
    """Give the way a value is written; ``?`` in front where day and month are open; empty where it is no time."""
    if _ISO.fullmatch(value):
        return "auto"
    if value[:1].isdigit() and re.fullmatch(r"\d+(\.\d+)?", value):
        return _number_form(value)
    for date, rest in _dates(value):
        clock = _clock(rest)
        if clock is not None:
            return date + clock
    return ""


def _dates(value: str) -> Iterable[tuple[str, str]]:
    if match := _YEAR_FIRST.match(value):
        yield "%Y{0}%m{0}%d".format(match[1]), value[match.end() :]
    if match := _CHINESE.match(value):
        yield "%Y年%m月%d日", value[match.end() :]
    if match := _YEAR_LAST.match(value):
        yield f"?{{day}}{match[2]}" + _year(match[4]), value[match.end() :]
    for pattern, form in _MONTH_NAMED:
        if match := pattern.match(value):
            yield form.format(match[1], _year(match[2])), value[match.end() :]


def _year(digits: str) -> str:
    return "%Y" if len(digits) == 4 else "%y"  # noqa: PLR2004


def _clock(rest: str) -> str | None:
    if not rest:
        return ""
    match = _CLOCK.match(rest)
    if match is None:
        return None
    after = rest[match.end() :]
    half, offset = _HALF.fullmatch(after), _OFFSET.fullmatch(after)
    if after and not half and not offset:
        return None
    seconds = match["seconds"][:1] + "%S" if match["seconds"] else ""
    clock = match["gap"] + ("%I" if half else "%H") + match["mark"] + "%M" + seconds
    clock += (".%f" if match["fraction"] else "") + match["end"]
    return clock + (f"{half['gap']}%p" if half else "") + (f"{offset['gap']}%z" if offset else "")


def _number_form(value: str) -> str:
    whole = value.partition(".")[0]
    if len(whole) == 8 and "." not in value and _is_day(whole):  # noqa: PLR2004
        return "%Y%m%d"
    if len(whole) == 14 and "." not in value and _is_day(whole[:8]):  # noqa: PLR2004
        return "%Y%m%d%H%M%S"
    if int(whole) in _EPOCH_S:
        return "epoch_s"
    if int(whole) // 1000 in _EPOCH_S:
        return "epoch_ms"
    return "excel" if _EXCEL[0] <= float(value) <= _EXCEL[1] else ""


def _is_day(digits: str) -> bool:
    return "19000101" <= digits <= "21001231" and "01" <= digits[4:6] <= "12" and "01" <= digits[6:] <= "31"


def _order_of(value: str) -> str | None:
    match = _YEAR_LAST.match(value.strip())
    if match is None:
        return None
    first, second = int(match[1]), int(match[3])
    if first > _LAST_MONTH >= second:
        return "day"
    return "month" if second > _LAST_MONTH >= first else None


def _day_or_month(form: str, values: Sequence[str], share: float) -> TimeGuess:
    orders = Counter(order for order in map(_order_of, values) if order)
    separator = form[len("{day}")]
    day_first, month_first = (form.replace("{day}" + separator, order.format(separator)) for order in (_DAY_FIRST, _MONTH_FIRST))
    if orders:
        order = orders.most_common(1)[0][0]
        value = next(value for value in values if _order_of(value) == order)
        if order == "day":
            return TimeGuess(day_first, share, _("“{value}” can only be day, month, year", value=value))
        return TimeGuess(month_first, share, _("“{value}” can only be month, day, year", value=value))
    running = _running_order(values)
    chosen = running or ("month" if separator == "/" else "day")
    told = (
        N_("the values run in order when the day is first")
        if chosen == "day"
        else N_("the values run in order when the month is first")
    )
    reason = _(told) if running else _("day and month could be either way round")
    return TimeGuess(day_first if chosen == "day" else month_first, share, reason, ambiguous=True)


def _running_order(values: Sequence[str]) -> str | None:
    """Give the order under which the values run in one direction, where there is exactly one such."""
    parts = [match.groups() for match in map(_YEAR_LAST.match, (value.strip() for value in values)) if match]
    days = [(int(year), int(second), int(first)) for first, _separator, second, year in parts]
    months = [(int(year), int(first), int(second)) for first, _separator, second, year in parts]
    runs = {"day": _runs(days), "month": _runs(months)}
    return next(iter(name for name, is_run in runs.items() if is_run)) if sum(runs.values()) == 1 else None


def _runs(days: list[tuple[int, int, int]]) -> bool:
    return days in (sorted(days), sorted(days, reverse=True))


def _reason(form: str, value: str) -> str:
    told = {
        "auto": N_("written as ISO 8601, such as “{value}”"),
        "epoch_s": N_("seconds since 1970, such as {value}"),
        "epoch_ms": N_("milliseconds since 1970, such as {value}"),
        "excel": N_("days as Excel counts them, such as {value}"),
    }
    otherwise = N_("written like “{value}”")
    return _(told.get(form, otherwise), value=value)
