"""The thresholds of RFM and the steps they lead to, read from the data or fixed by hand."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from finegrain.audience.tiers import thresholds as th
from finegrain.audience.tiers.cuts import Steps, mean, median, quantile_steps, step_above
from finegrain.i18n import N_
from finegrain.money import Money

if TYPE_CHECKING:
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.tiers.contract import Threshold
    from finegrain.audience.tiers.thresholds import Values

EIGHT, QUINTILE = "eight", "quintile"
SCORES = (2, 3, 4, 5)
_EIGHT_FIXED = (("view", EIGHT), ("split", "fixed"))
_SCORES_FIXED = (("view", QUINTILE), ("scores", "fixed"))
R_DEFAULTS, F_DEFAULTS, M_DEFAULTS = (180, 90, 60, 30), (2, 3, 5, 10), (100, 300, 1000, 3000)


R_LABELS = {2: N_("R scores 2 below"), 3: N_("R scores 3 below"), 4: N_("R scores 4 below"), 5: N_("R scores 5 below")}
F_LABELS = {2: N_("F scores 2 from"), 3: N_("F scores 3 from"), 4: N_("F scores 4 from"), 5: N_("F scores 5 from")}
M_LABELS = {2: N_("M scores 2 from"), 3: N_("M scores 3 from"), 4: N_("M scores 4 from"), 5: N_("M scores 5 from")}


def _score_rows() -> tuple[Threshold, ...]:
    rows: list[Threshold] = []
    for score, r, f, m in zip(SCORES, R_DEFAULTS, F_DEFAULTS, M_DEFAULTS, strict=True):
        rows += (
            th.days(
                f"r_score_{score}_days",
                R_LABELS[score],
                r,
                N_("Days since the last purchase below which R scores so much."),
                only_when=_SCORES_FIXED,
            ),
            th.purchases(
                f"f_score_{score}",
                F_LABELS[score],
                f,
                N_("Purchases in the window from which F scores so much."),
                only_when=_SCORES_FIXED,
            ),
            th.money(
                f"m_score_{score}",
                M_LABELS[score],
                m,
                N_("Net revenue in the window from which M scores so much."),
                only_when=_SCORES_FIXED,
            ),
        )
    return tuple(rows)


DECLARED: tuple[Threshold, ...] = (
    th.days(
        "window_days",
        N_("Look-back window"),
        365,
        N_("Days before the moment shown in which purchases (F) and revenue (M) count."),
    ),
    th.choice(
        "view",
        N_("View"),
        {EIGHT: N_("eight classes"), QUINTILE: N_("scores 1–5 and named segments")},
        N_("Eight classes from R, F and M high or low, or eleven named segments from scores 1 to 5."),
    ),
    th.choice(
        "split",
        N_("Split high and low at"),
        {"mean": N_("the mean"), "median": N_("the median"), "fixed": N_("fixed bounds")},
        N_("Where R, F and M are split into high and low; mean and median are those of the people who bought in the window."),
        only_when=(("view", EIGHT),),
    ),
    th.days(
        "r_split_days", N_("R high below"), 90, N_("Days since the last purchase below which R is high."), only_when=_EIGHT_FIXED
    ),
    th.purchases("f_split", N_("F high from"), 2, N_("Purchases in the window from which F is high."), only_when=_EIGHT_FIXED),
    th.money("m_split", N_("M high from"), 1000, N_("Net revenue in the window from which M is high."), only_when=_EIGHT_FIXED),
    th.choice(
        "scores",
        N_("Scores by"),
        {"quantile": N_("quantile"), "fixed": N_("fixed bounds")},
        N_("Whether scores 1 to 5 are fifths of the people who bought in the window, or stand at fixed bounds."),
        only_when=(("view", QUINTILE),),
    ),
    th.choice(
        "second_score",
        N_("Second score"),
        {"frequency_money": N_("mean of F and M"), "frequency": N_("F alone"), "money": N_("M alone")},
        N_("What stands beside R in the map of the named segments; a mean ending in a half is rounded up."),
        only_when=(("view", QUINTILE),),
    ),
    *_score_rows(),
)


@dataclass(frozen=True)
class RfmFigures:
    """R (negated days, so that more is better), F and M of people, whole numbers."""

    r: NDArray[np.int64]
    f: NDArray[np.int64]
    m: NDArray[np.int64]


@dataclass(frozen=True)
class RfmBounds:
    """The steps of R (negated days), F and M (minor units), and how they came about.

    ``rule`` is ``mean``, ``median``, ``fixed`` or ``quantile``. One step each for the eight classes, four for
    scores; none where nobody bought in the window (then all is low).
    """

    view: str
    rule: str
    second_score: str
    window_days: int
    population: int
    r: Steps
    f: Steps
    m: Steps
    split: tuple[Fraction, Fraction, Fraction] | None = None


def read_bounds(population: RfmFigures, values: Values, currency: str) -> RfmBounds:
    """Find the steps that ``values`` ask for.

    Args:
        population: the figures of the people who bought in the window.
        values: checked thresholds.
        currency: in which money thresholds are given.
    """
    view = str(values["view"])
    rule = str(values["split"] if view == EIGHT else values["scores"])
    n, split = len(population.r), None
    axes = (population.r, population.f, population.m)
    if rule == "fixed":
        r, f, m = _fixed(view, values, currency)
    elif rule == "quantile":
        r, f, m = (quantile_steps(axis) for axis in axes)
    elif n:
        centre = mean if rule == "mean" else median
        split = (centre(axes[0]), centre(axes[1]), centre(axes[2]))
        r, f, m = ((step_above(bound),) for bound in split)
    else:
        r, f, m = (), (), ()
    return RfmBounds(view, rule, str(values["second_score"]), int(values["window_days"]), n, r, f, m, split)


def _fixed(view: str, values: Values, currency: str) -> tuple[Steps, Steps, Steps]:
    names = ("split",) if view == EIGHT else tuple(f"score_{score}" for score in SCORES)
    r = tuple(1 - int(values[f"r_{name}_days"]) for name in names)
    f = tuple(int(values[f"f_{name}"]) for name in names)
    m = tuple(Money.from_major(Decimal(str(values[f"m_{name}"])), currency).amount_minor for name in names)
    return r, f, m
