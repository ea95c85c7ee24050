"""Candidates for what marks people who went silent, and what is found of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from finegrain.behaviour.churn.naming import is_trouble
from finegrain.behaviour.churn.pooling import Strata, informative, pooled_risk, tables
from finegrain.behaviour.queries.discovery import false_discovery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from finegrain.behaviour.churn.contract import Histories
    from finegrain.behaviour.churn.pooling import Risk
    from finegrain.behaviour.churn.query import ChurnQuery

SignKind = Literal["unreached", "event", "trouble", "missing", "last", "stopped"]
Verdict = Literal["finding", "none", "thin"]


@dataclass(frozen=True)
class Candidate:
    """One candidate: its kind, its event, for ``stopped`` the step that did not follow, and who has the sign, ``(n,) bool``."""

    kind: SignKind
    event: str
    following: str
    has: NDArray[np.bool_]


@dataclass(frozen=True)
class Sign:
    """What is found of one candidate.

    All counts are of people who are comparable for it: in whose stratum there are silent and stayed people, with and without the
    sign. Ratio, interval, p and q are None where the candidate was not judged.

    Attributes:
        kind: ``unreached``: no message in the window; ``event``: the event lies in it; ``trouble``: likewise, and its name tells
            that something went wrong; ``missing``: the event does not lie in it; ``last``: it was the last sign of life;
            ``stopped``: the step was reached, and the next one not after it.
        event: name of the event or step; of the message for ``unreached``.
        following: for ``stopped`` the step that did not follow; else empty.
        verdict: ``finding``: significant, and more of those with the sign went silent; ``none``: nothing is shown; ``thin``: too
            few people to judge.
        silent, silent_with: silent people, and those of them with the sign.
        stayed, stayed_with: likewise those who stayed.
        share_silent: prevalence among the silent, ``silent_with / silent``.
        share_stayed: prevalence among those who stayed, each stratum weighing as much as it has silent people.
        ratio: how many times as often people with the sign went silent as those alike without it.
        low, high: its 95 % interval.
        p, q: see ``pooled_risk`` and ``false_discovery``.
        attributable: share of the silent with the sign who would have stayed without it, if it were the cause:
            (RR − 1) / RR, the attributable fraction among the exposed (Miettinen 1974, Am. J. Epidemiology 99: 325–332);
            0 where the ratio is 1 or less.
        revenue_minor: what the silent with the sign brought in the earlier period, together; mean revenue × people.
        stake_minor: of a finding, ``attributable × revenue_minor``, rounded: what a like period would bring, if the sign were
            the cause and were gone; else None, as no amount is shown to depend on it.
    """

    kind: SignKind
    event: str
    following: str
    verdict: Verdict
    silent: int
    silent_with: int
    stayed: int
    stayed_with: int
    share_silent: float | None
    share_stayed: float | None
    ratio: float | None
    low: float | None
    high: float | None
    p: float | None
    q: float | None
    attributable: float
    revenue_minor: int
    stake_minor: int | None

    @property
    def stake_people(self) -> float:
        """How many of the silent would have stayed, if the sign were the cause: ``attributable × silent_with``."""
        return self.attributable * self.silent_with

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {**vars(self), "stake_people": round(self.stake_people, 1)}


@dataclass(frozen=True)
class Judged:
    """A candidate with the people who are comparable for it, ``(n,) bool``, and its risk; None where it is too thin."""

    candidate: Candidate
    comparable: NDArray[np.bool_]
    table: Strata
    risk: Risk | None


def candidates(found: Histories) -> Iterator[Candidate]:
    """Give all candidates. The presence and the absence of an event are one: which of the two is a sign the figures tell."""
    message_names = set() if found.message is None else _names(found.message.event)
    if found.message is not None:
        yield Candidate("unreached", found.message.name, "", found.messages == 0)
    for place, name in enumerate(found.names):
        if name not in message_names:
            yield Candidate("trouble" if is_trouble(name) else "event", name, "", found.present[:, place])
    for place, name in enumerate(found.names):
        if (found.last_event == place).any():
            yield Candidate("last", name, "", found.last_event == place)
    for place in range(len(found.steps) - 1):
        yield Candidate("stopped", found.steps[place].name, found.steps[place + 1].name, found.stopped[:, place])


def judge(
    found: Histories, stratum: NDArray[np.int64], query: ChurnQuery, *, thin: bool = False
) -> tuple[tuple[Sign, Judged], ...]:
    """Judge all candidates and rank them: findings by what is at stake, then what shows nothing by p, then what is thin.

    Whether a candidate is judged depends on how many comparable people have the sign and how many have not, never on which of
    them went silent, so that the tests stay honest. Where all is ``thin``, none is judged.
    """
    judged = [_judged(found, one, stratum, None if thin else query.least) for one in candidates(found)]
    p = np.array([one.risk.p for one in judged if one.risk is not None])
    q = iter(false_discovery(p).tolist())
    signs = [(_sign(found, one, None if one.risk is None else next(q), query.level), one) for one in judged]
    return tuple(sorted(signs, key=lambda pair: _rank(pair[0])))


def _rank(sign: Sign) -> tuple[Any, ...]:
    order = ("finding", "none", "thin").index(sign.verdict)
    stake = (0, 0) if sign.stake_minor is None else (-sign.stake_minor, -sign.stake_people)
    return (order, *stake, 1.0 if sign.p is None else sign.p, sign.kind, sign.event, sign.following)


def _judged(found: Histories, candidate: Candidate, stratum: NDArray[np.int64], least: int | None) -> Judged:
    strata = int(stratum.max(initial=-1)) + 1
    table = tables(candidate.has, found.silent, stratum, strata)
    kept = informative(table)
    table = Strata(*(counts[kept] for counts in vars(table).values()))
    enough = least is not None and min(table.exposed.sum(), table.others.sum()) >= least
    risk = pooled_risk(table) if enough else None
    if risk is None or risk.ratio >= 1 or candidate.kind != "event":
        return Judged(candidate, kept[stratum], table, risk)
    without = Candidate("missing", candidate.event, "", ~candidate.has)
    table = Strata(table.others_silent, table.others, table.exposed_silent, table.exposed)
    return Judged(without, kept[stratum], table, pooled_risk(table))


def _sign(found: Histories, judged: Judged, q: float | None, level: float) -> Sign:
    candidate, risk, table = judged.candidate, judged.risk, judged.table
    theirs = judged.comparable & candidate.has & found.silent
    silent, silent_with = int(table.silent.sum()), int(table.exposed_silent.sum())
    ratio = 1.0 if risk is None else risk.ratio
    attributable, revenue = max(0.0, 1 - 1 / ratio), int(found.revenue_minor[theirs].sum())
    finding = q is not None and q <= level and ratio > 1
    return Sign(
        kind=candidate.kind,
        event=candidate.event,
        following=candidate.following,
        verdict="thin" if risk is None else "finding" if finding else "none",
        silent=silent,
        silent_with=silent_with,
        stayed=int((table.all - table.silent).sum()),
        stayed_with=int((table.exposed - table.exposed_silent).sum()),
        share_silent=silent_with / silent if silent else None,
        share_stayed=_weighted_share(table) if silent else None,
        ratio=None if risk is None else ratio,
        low=None if risk is None else risk.low,
        high=None if risk is None else risk.high,
        p=None if risk is None else risk.p,
        q=q,
        attributable=attributable,
        revenue_minor=revenue,
        stake_minor=round(attributable * max(0, revenue)) if finding else None,
    )


def _weighted_share(table: Strata) -> float:
    stayed = table.all - table.silent
    return float((table.silent * (table.exposed - table.exposed_silent) / stayed).sum() / table.silent.sum())


def _names(event: str | tuple[str, ...]) -> set[str]:
    return {event} if isinstance(event, str) else set(event)
