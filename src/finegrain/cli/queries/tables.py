"""Answers about behaviour as tables: the rows that a result gives, with headings and figures as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.behaviour.queries.report import small
from finegrain.cli.output import money, number, percent, table
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from rich.console import RenderableType

_HEADINGS = {
    "group": N_("Group"), "step": N_("Step"), "name": N_("Event"), "count": N_("Count"), "dropped": N_("Dropped out"),
    "from_first": N_("From first"), "from_previous": N_("From previous"), "median_s": N_("Median time"),
    "cohort": N_("Cohort"), "size": N_("Size"), "period": N_("Period"), "share": N_("Share"), "open": N_("Still open"),
    "start": N_("From"), "end": N_("Up to"), "actors": N_("People"), "bucket": N_("From"), "value": N_("Figure"),
    "measure": N_("Measure"), "before": N_("Before"), "position": N_("Position"), "source": N_("From"),
    "target": N_("Next event"), "touch": N_("Touch"), "model": N_("Model"), "money": N_("Amount"),
    "conversions": N_("Conversions"), "new": N_("New"), "returning": N_("Returning"), "resurrected": N_("Resurrected"),
    "dormant": N_("Dormant"), "mean_s": N_("Mean time"), "line": N_("Series"), "buckets": N_("Different buckets"),
    "low": N_("From"), "high": N_("Up to"), "intervals": N_("Intervals"), "p90_s": N_("90 % within"),
    "credited": N_("Credited"), "cases": N_("Cases"), "people": N_("People"), "conversion": N_("Goes on"),
    "conversion_low": N_("At least"), "conversion_high": N_("At most"), "lost_people": N_("Lost people"),
    "onward": N_("Finish later"), "lost": N_("Lost completions"), "lost_value": N_("Lost value"),
    "kind": N_("Sign"), "event": N_("Event"), "following": N_("Without, after it"),
    "verdict": N_("Verdict"), "silent": N_("Silent"), "silent_with": N_("Silent with it"), "stayed": N_("Stayed"),
    "stayed_with": N_("Stayed with it"), "share_silent": N_("Of the silent"), "share_stayed": N_("Of those who stayed"),
    "ratio": N_("Relative risk"), "attributable": N_("Attributable"), "revenue_minor": N_("Their revenue"),
    "stake_minor": N_("At stake"),
}  # fmt: skip
_SHARES = frozenset(
    {
        "from_first", "from_previous", "share", "conversion", "conversion_low", "conversion_high", "onward",
        "share_silent", "share_stayed",
    }
)  # fmt: skip
_WORDS = {
    "unreached": N_("no message"), "event": N_("happened"), "trouble": N_("trouble"), "missing": N_("did not happen"),
    "last": N_("came last"), "stopped": N_("no next step"), "finding": N_("finding"), "none": N_("not shown"),
    "thin": N_("too few people"),
}  # fmt: skip
_UNITS = ((86_400, N_("{amount} d")), (3_600, N_("{amount} h")), (60, N_("{amount} min")), (1, N_("{amount} s")))


def rendered(result: Any) -> list[RenderableType]:
    """Give the parts that show a result: one table, what it was asked over above it, and its report below where it has one."""
    found = result.to_arrow()
    rows = found.to_pylist()
    shown = getattr(result, "columns", found.column_names)
    names = [name for name in shown if name != "group" or result.groups]
    right = [place for place, name in enumerate(names) if rows and isinstance(rows[0][name], int | float)]
    asked = result.asked
    facts = {"first": asked.first, "last": asked.last, "zone": asked.zone, "moment": asked.as_of}
    title = _("{first} to {last} · {zone} · as of {moment}", **facts)
    cells = [[_shown(result, name, row[name]) for name in names] for row in rows]
    report = result.report() if hasattr(result, "report") else ()
    told = table([_(_HEADINGS.get(name, name)) for name in names], cells, title=title, numbers=right)
    return [told, *(f"• {sentence.text}" for sentence in report)]


def _shown(result: Any, name: str, value: Any) -> str:
    if name in {"kind", "verdict"}:
        return _(_WORDS[value])
    if name == "q" and value is not None:
        return small(value).removeprefix("= ")
    if name == "ratio" and value is not None:
        return f"{value:.2f}"
    return money(value, result.currency) if name.endswith("_minor") else _cell(name, value)


def _cell(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in _SHARES:
        return percent(value)
    if name.endswith("_s"):
        return duration(value)
    if isinstance(value, int | float):
        return number(value if isinstance(value, int) else round(value, 2))
    return str(value)


def duration(seconds: float) -> str:
    """Write a length of time in the largest unit that it fills, with one decimal.

    Examples:
        >>> duration(5400)
        '1.5 h'
    """
    size, text = next((unit for unit in _UNITS if seconds >= unit[0]), _UNITS[-1])
    return _(text, amount=f"{seconds / size:.1f}".removesuffix(".0"))
