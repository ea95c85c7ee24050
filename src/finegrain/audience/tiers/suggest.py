"""What the data suggest for the thresholds of a scheme, with the reason; nothing where the data are thin."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from finegrain.audience.tiers.contract import Note, Suggestion, SuggestionResult
from finegrain.audience.tiers.cuts import median, quantile_steps, ranked
from finegrain.audience.tiers.schemes.rfm import figures_of
from finegrain.audience.tiers.schemes.rfm_thresholds import DECLARED, SCORES, RfmFigures
from finegrain.audience.tiers.thresholds import LONGEST_DAYS
from finegrain.i18n import N_
from finegrain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from finegrain.audience.tiers.contract import SchemeName
    from finegrain.behaviour.contract import PersonFacts

NEEDED = 100
"""Gaps or people below which a percentile says more about chance than about the shop."""

THIN_GAPS = N_("The data are thin: {found} repeat purchases so far, {needed} are needed for a suggestion.")
THIN_PEOPLE = N_("The data are thin: {found} buyers so far, {needed} are needed for a suggestion.")
WITHIN = N_("{percent}% of repeat purchases come within {days} days of the one before.")
WITHIN_GAPS = N_("{percent}% of repeat purchases come within {factor} typical gaps of {days} days.")
QUARTER = N_("A quarter of the people who bought again have bought at least {purchases} times.")
TOP_BRINGS = N_("The top {percent}% of buyers bring {share}% of the revenue.")
HALF_DAYS = N_("Half of the people who bought in the window did so less than {days} days ago.")
HALF_PURCHASES = N_("Half of the people who bought in the window bought at most {median} times.")
HALF_MONEY = N_("Half of the people who bought in the window brought at most {median}.")
FIFTHS = N_("Parts the {people} people who bought in the window into fifths, as far as equal figures allow.")


def suggest(scheme: SchemeName, facts: PersonFacts, gaps_days: NDArray[np.float64], currency: str) -> SuggestionResult:
    """Suggest thresholds of ``scheme``.

    Args:
        scheme: its name.
        facts: of everybody, with the scheme's window.
        gaps_days: ``(n_gaps,)`` days between consecutive purchases of the same person.
        currency: of all amounts.
    """
    return _BY_SCHEME[scheme](scheme, facts, gaps_days, currency)


def _activity(scheme: SchemeName, _facts: PersonFacts, gaps: NDArray[np.float64], _currency: str) -> SuggestionResult:
    if len(gaps) < NEEDED:
        return _thin(scheme, THIN_GAPS, len(gaps))
    new, silent, churned = (within_days(gaps, percent) for percent in (50, 90, 99))
    # Gaps of ten years leave no room for another limit above silence.
    silent = min(silent, LONGEST_DAYS - 1)
    rows = [
        _within("new_days", 50, min(new, silent)),
        _within("silent_days", 90, silent),
        _within("churned_days", 99, max(churned, silent + 1)),
    ]
    return _result(scheme, rows)


def _frequency(scheme: SchemeName, _facts: PersonFacts, gaps: NDArray[np.float64], _currency: str) -> SuggestionResult:
    if len(gaps) < NEEDED:
        return _thin(scheme, THIN_GAPS, len(gaps))
    return _result(scheme, [_within("lapsed_days", 90, within_days(gaps, 90))])


def _lifecycle(scheme: SchemeName, facts: PersonFacts, gaps: NDArray[np.float64], _currency: str) -> SuggestionResult:
    if len(gaps) < NEEDED:
        return _thin(scheme, THIN_GAPS, len(gaps))
    typical = within_days(gaps, 50)
    again = facts.purchases[facts.purchases > 1].astype(np.int64)
    mature = max(ranked(again, [len(again) * 3 // 4])[0], 3) if len(again) else 3
    rows = [_within("typical_gap_days", 50, typical), Suggestion("mature_purchases", mature, QUARTER, {"purchases": mature})]
    declining, lost = (max(math.ceil(within_days(gaps, percent) / typical * 10) / 10, 1.0) for percent in (90, 99))
    if declining < lost <= 20:  # noqa: PLR2004 - the thresholds' own limit
        rows += [
            Suggestion(name, factor, WITHIN_GAPS, {"percent": percent, "factor": factor, "days": typical})
            for name, factor, percent in (("declining_factor", declining, 90), ("lost_factor", lost, 99))
        ]
    return _result(scheme, [row for row in rows if row.name != "mature_purchases" or len(again) >= NEEDED])


def _value(scheme: SchemeName, facts: PersonFacts, _gaps: NDArray[np.float64], _currency: str) -> SuggestionResult:
    revenue = facts.revenue_minor[(facts.purchases > 0) & (facts.revenue_minor > 0)]
    if len(revenue) < NEEDED:
        return _thin(scheme, THIN_PEOPLE, len(revenue))
    high, mid = (share_of_top(revenue, percent) for percent in (20, 50))
    if not high < mid:
        return _result(scheme, [])
    shares = (("high_share", 20, high), ("mid_share", 50, mid))
    return _result(
        scheme,
        [Suggestion(name, share, TOP_BRINGS, {"percent": percent, "share": share}) for name, percent, share in shares],
    )


def _rfm(scheme: SchemeName, facts: PersonFacts, gaps: NDArray[np.float64], currency: str) -> SuggestionResult:
    everybody, bought = figures_of(facts), facts.window_purchases > 0
    population = RfmFigures(everybody.r[bought], everybody.f[bought], everybody.m[bought])
    rows: list[Suggestion] = []
    notes: list[Note] = []
    if len(gaps) < NEEDED:
        notes.append(Note(THIN_GAPS, {"found": len(gaps), "needed": NEEDED}))
    else:
        rows.append(_within("window_days", 99, within_days(gaps, 99)))
    if len(population.r) < NEEDED:
        notes.append(Note(THIN_PEOPLE, {"found": len(population.r), "needed": NEEDED}))
    else:
        rows += [*_splits(population, currency), *_scores(population, currency)]
    return _result(scheme, rows, tuple(notes))


def _splits(population: RfmFigures, currency: str) -> list[Suggestion]:
    r, f, m = (median(axis) for axis in (population.r, population.f, population.m))
    days, money = max(math.ceil(-r), 1), Money(currency, math.floor(m))
    rows = [
        Suggestion("r_split_days", days, HALF_DAYS, {"days": days}),
        Suggestion("f_split", math.floor(f) + 1, HALF_PURCHASES, {"median": f}),
        Suggestion("m_split", max(float(Money(currency, math.floor(m) + 1).major), 0.0), HALF_MONEY, {"median": money}),
    ]
    return [row for row in rows if _allowed(row.name, row.value)]


def _scores(population: RfmFigures, currency: str) -> list[Suggestion]:
    steps: dict[str, list[int] | list[float]] = {
        "r_score_{}_days": [1 - step for step in quantile_steps(population.r)],
        "f_score_{}": list(quantile_steps(population.f)),
        "m_score_{}": [float(Money(currency, step).major) for step in quantile_steps(population.m)],
    }
    facts = {"people": len(population.r)}
    return [
        Suggestion(name.format(score), value, FIFTHS, facts)
        for name, values in steps.items()
        if _usable(name, values)
        for score, value in zip(SCORES, values, strict=True)
    ]


def _usable(name: str, values: list[int] | list[float]) -> bool:
    # Ties can make fifths coincide; bounds that do not part anybody are no suggestion.
    allowed = all(_allowed(name.format(score), value) for score, value in zip(SCORES, values, strict=True))
    return allowed and min(values) > 0 and len(set(values)) == len(values)


def _allowed(name: str, value: float | str) -> bool:
    row = next(row for row in DECLARED if row.name == name)
    return row.minimum is not None and row.maximum is not None and row.minimum <= float(value) <= row.maximum


def within_days(gaps_days: NDArray[np.float64], percent: int) -> int:
    """Give the fewest whole days within which at least ``percent`` of the gaps lie, 1 to 3,650."""
    place = -(-len(gaps_days) * percent // 100) - 1
    days = math.ceil(float(np.partition(gaps_days, place)[place]))
    return min(max(days, 1), LONGEST_DAYS)


def share_of_top(revenue: NDArray[np.int64], percent: int) -> float:
    """Give which percentage of the revenue, rounded to a whole one, the top ``percent`` of people (rounded up) bring."""
    n = len(revenue)
    top = -(-n * percent // 100)
    part = np.partition(revenue, n - top)[n - top :]
    return float(round(Fraction(100 * int(part.sum()), int(revenue.sum()))))


def _within(name: str, percent: int, days: int) -> Suggestion:
    return Suggestion(name, days, WITHIN, {"percent": percent, "days": days})


def _thin(scheme: SchemeName, template: str, found: int) -> SuggestionResult:
    return _result(scheme, [], (Note(template, {"found": found, "needed": NEEDED}),))


def _result(scheme: SchemeName, rows: list[Suggestion], notes: tuple[Note, ...] = ()) -> SuggestionResult:
    return SuggestionResult(scheme, tuple(rows), notes)


_BY_SCHEME: dict[SchemeName, Callable[[SchemeName, PersonFacts, NDArray[np.float64], str], SuggestionResult]] = {
    "rfm": _rfm,
    "activity": _activity,
    "value": _value,
    "frequency": _frequency,
    "lifecycle": _lifecycle,
}
