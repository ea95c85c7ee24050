"""How RFM speaks: the notes on its bounds, and one person's figures with their verdicts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from finegrain.audience.tiers.contract import ExplainedFigure, Note
from finegrain.audience.tiers.schemes.rfm_thresholds import EIGHT
from finegrain.audience.tiers.texts import days_text, number_text, purchases_text
from finegrain.i18n import N_, _, current_language
from finegrain.money import Money

if TYPE_CHECKING:
    from finegrain.audience.tiers.schemes.rfm_thresholds import RfmBounds, RfmFigures

NOBODY = N_("Nobody bought in the {window} days before, so nothing counts as high.")
WINDOW = N_("F and M count purchases and net revenue of the last {window} days.")
SPLIT = {
    "mean": N_(
        "R is high below {days} days, F above {purchases} purchases, M above {money}: the means of the {people} people "
        "who bought in the window."
    ),
    "median": N_(
        "R is high below {days} days, F above {purchases} purchases, M above {money}: the medians of the {people} people "
        "who bought in the window."
    ),
    "fixed": N_("R is high below {days} days, F from {purchases} purchases, M from {money}: fixed bounds."),
}
R_SCORES = N_("R scores 2, 3, 4, 5 below {bounds} days.")
F_SCORES = N_("F scores 2, 3, 4, 5 from {bounds} purchases.")
M_SCORES = N_("M scores 2, 3, 4, 5 from {bounds}.")
QUANTILE = N_("Scores are fifths of the {people} people who bought in the window; equal figures score the same.")
FIXED_SCORES = N_("Scores stand at fixed bounds.")


def notes(bounds: RfmBounds, currency: str) -> tuple[Note, ...]:
    """Say the bounds, the rule and the people they were read from."""
    window = Note(WINDOW, {"window": bounds.window_days})
    if not bounds.r:
        return (window, Note(NOBODY, {"window": bounds.window_days}))
    if bounds.view == EIGHT:
        return (window, Note(SPLIT[bounds.rule], {**_split_facts(bounds, currency), "people": bounds.population}))
    rule = Note(QUANTILE, {"people": bounds.population}) if bounds.rule == "quantile" else Note(FIXED_SCORES)
    return (window, rule, *_score_notes(bounds, currency))


def _split_facts(bounds: RfmBounds, currency: str) -> dict[str, object]:
    if bounds.split is None:
        return {"days": 1 - bounds.r[0], "purchases": bounds.f[0], "money": Money(currency, bounds.m[0])}
    r, f, m = bounds.split
    return {"days": -r, "purchases": f, "money": Money(currency, round(m))}


def _score_notes(bounds: RfmBounds, currency: str) -> tuple[Note, ...]:
    return (
        Note(R_SCORES, {"bounds": tuple(1 - step for step in bounds.r)}),
        Note(F_SCORES, {"bounds": bounds.f}),
        Note(M_SCORES, {"bounds": tuple(Money(currency, step) for step in bounds.m)}),
    )


def no_purchase() -> ExplainedFigure:
    """Give the one figure of a person who has not bought."""
    return ExplainedFigure(_("Purchases"), purchases_text(0), _("no purchase: a tier of their own"))


def figures(
    values: RfmFigures, person_levels: tuple[int, int, int, int], bounds: RfmBounds, currency: str
) -> tuple[ExplainedFigure, ...]:
    """Give R, F and M of one person, what each counts as, and for named segments the second score."""
    r, f, m, second = person_levels
    money = Money(currency, int(values.m[0])).text(current_language())
    rows = [
        ExplainedFigure(_("R: since the last purchase"), days_text(-int(values.r[0])), _verdict(r, bounds)),
        ExplainedFigure(_("F: purchases in the window"), purchases_text(int(values.f[0])), _verdict(f, bounds)),
        ExplainedFigure(_("M: net revenue in the window"), money, _verdict(m, bounds)),
    ]
    if bounds.view == EIGHT:
        return tuple(_with_split(row, text) for row, text in zip(rows, _split_texts(bounds, currency), strict=True))
    return (*rows, ExplainedFigure(_("Second score"), str(second + 1), _SECOND[bounds.second_score]()))


def _verdict(level: int, bounds: RfmBounds) -> str:
    if bounds.view == EIGHT:
        return _("high") if level else _("low")
    return _("score {score}", score=level + 1)


def _with_split(row: ExplainedFigure, split: str) -> ExplainedFigure:
    return replace(row, verdict=_("{verdict} ({bound})", verdict=row.verdict, bound=split)) if split else row


def _split_texts(bounds: RfmBounds, currency: str) -> tuple[str, str, str]:
    if not bounds.r:
        return ("", "", "")
    facts = _split_facts(bounds, currency)
    days, purchases = (_number(facts[name]) for name in ("days", "purchases"))
    money = facts["money"].text(current_language()) if isinstance(facts["money"], Money) else ""
    above = _("high from {bound}") if bounds.split is None else _("high above {bound}")
    return (_("high below {bound}", bound=days), above.format(bound=purchases), above.format(bound=money))


def _number(value: object) -> str:
    return number_text(float(value)) if isinstance(value, (int, Fraction)) else str(value)


_SECOND = {
    "frequency_money": lambda: _("mean of F and M"),
    "frequency": lambda: _("F alone"),
    "money": lambda: _("M alone"),
}
