"""A churn diagnosis in sentences, in the reader's language, with the numbers behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from finegrain.behaviour.queries.report import Sentence, small
from finegrain.i18n import N_, _, current_language
from finegrain.money import Money

if TYPE_CHECKING:
    from finegrain.behaviour.churn.query import ChurnQuery
    from finegrain.behaviour.churn.result import ChurnResult
    from finegrain.behaviour.churn.signs import Sign

_MARKS = {
    "unreached": N_("No message ({event}) in the {lookback} before"),
    "event": N_("“{event}” in the {lookback} before"),
    "trouble": N_("Trouble, “{event}”, in the {lookback} before"),
    "missing": N_("No “{event}” in the {lookback} before"),
    "last": N_("“{event}” as the last thing done"),
    "stopped": N_("“{event}” without “{following}” after it in the {lookback} before"),
}
_FINDING = N_(
    "{mark}: {share_silent} of the silent ({silent_with} of {silent}), but {share_stayed} of comparable people who stayed. "
    "People with this sign went silent {ratio} times as often as those alike without it (95 % interval {low} to {high}, q {q})."
)
_STAKE = N_(
    "If it were the cause, about {people} of these {silent_with} people would have stayed, whose share of the revenue in the "
    "{earlier} before was {stake}."
)
_UNITS = {"m": N_("{n} minutes"), "h": N_("{n} hours"), "d": N_("{n} days"), "w": N_("{n} weeks"), "s": N_("{n} seconds")}


def sentences_of(result: ChurnResult) -> tuple[Sentence, ...]:
    """Write the report of a result."""
    findings = [_finding(result, place, sign) for place, sign in enumerate(result.signs) if sign.verdict == "finding"]
    judged = [] if result.thin else [*(findings or [_nothing(result)]), *_rare(result), _caution()]
    return (*_compared(result), *([_thin(result)] if result.thin else []), *judged)


def _compared(result: ChurnResult) -> list[Sentence]:
    query = _query(result)
    who = result.compared
    silence = length_of(query.silence)
    numbers = {"silent": who.silent, "stayed": who.stayed}
    alike = {"matched_silent": who.matched_silent, "matched_stayed": who.matched_stayed}
    out = {"too_new": who.too_new, "outside": who.outside, "back": who.back}
    return [
        _sentence(
            "compared",
            N_("{silent} people have shown no sign of life for {silence} or longer; {stayed} stayed."),
            numbers,
            silence=silence,
        ),
        _sentence(
            "matched",
            N_(
                "{matched_silent} silent and {matched_stayed} stayed people can be compared: of the same week, tenure, number of "
                "visits and of orders. For the others there is nobody alike."
            ),
            alike,
        ),
        _sentence(
            "left_out",
            N_(
                "Left out are {too_new} people who had not been known for {lookback} then, {outside} whose moment lies outside "
                "the period, and {back} who were silent in between and came back."
            ),
            out,
            lookback=length_of(query.lookback),
        ),
    ]


def _query(result: ChurnResult) -> ChurnQuery:
    return cast("ChurnQuery", result.asked.query)


def _thin(result: ChurnResult) -> Sentence:
    query = _query(result)
    who = result.compared
    numbers = {"matched_silent": who.matched_silent, "matched_stayed": who.matched_stayed, "least": query.least}
    text = N_(
        "That is too thin to judge anything: it takes {least} silent and {least} stayed people who are alike, and there are "
        "{matched_silent} and {matched_stayed}."
    )
    return _sentence("thin", text, numbers)


def _finding(result: ChurnResult, place: int, sign: Sign) -> Sentence:
    query = _query(result)
    mark = mark_of(sign, query)
    shares = {"share_silent": _percent(sign.share_silent), "share_stayed": _percent(sign.share_stayed)}
    risk = {"ratio": _decimal(sign.ratio), "low": _decimal(sign.low), "high": _decimal(sign.high), "q": _small(sign.q)}
    counts = {"silent_with": _count(sign.silent_with), "silent": _count(sign.silent)}
    text = _(_FINDING, mark=mark, **shares, **risk, **counts)
    money = Money(result.currency, sign.stake_minor or 0).text(current_language())
    people, earlier = _count(round(sign.stake_people)), length_of(query.earlier)
    stake = _(_STAKE, people=people, silent_with=counts["silent_with"], stake=money, earlier=earlier)
    told = _("{first} {second}", first=text, second=stake)
    return Sentence("finding", told, sign.to_dict(), {"sign": place, "having": True})


def _nothing(result: ChurnResult) -> Sentence:
    judged = sum(sign.verdict != "thin" for sign in result.signs)
    query = _query(result)
    text = N_("Signs judged: {judged}. None marks the silent beyond chance (q at most {level}).")
    return _sentence("none", text, {"judged": judged}, level=f"{query.level:g}")


def _rare(result: ChurnResult) -> list[Sentence]:
    thin = sum(sign.verdict == "thin" for sign in result.signs)
    numbers = {"thin": thin, "least": _query(result).least}
    text = N_(
        "Signs too rare, or too common, to be judged: {thin}. Fewer than {least} comparable people have them, or lack them."
    )
    return [_sentence("rare", text, numbers)] if thin else []


def _caution() -> Sentence:
    text = N_(
        "A sign goes along with silence; whether it causes it only a trial with a control group can tell. The amounts hold only "
        "if it does."
    )
    return _sentence("caution", text, {})


def mark_of(sign: Sign, query: ChurnQuery) -> str:
    """Name a sign in the reader's language.

    Args:
        sign: which.
        query: tells how long before was looked.
    """
    facts = {"event": sign.event, "following": sign.following, "lookback": length_of(query.lookback)}
    return _(_MARKS[sign.kind], **facts)


def length_of(text: str) -> str:
    """Write a length of time of a query in words.

    Examples:
        >>> length_of("28d")
        '28 days'
    """
    return _(_UNITS[text[-1]], n=_count(int(text[:-1])))


def _sentence(code: str, text: str, numbers: dict[str, int], **facts: str) -> Sentence:
    shown = {name: _count(value) for name, value in numbers.items()}
    return Sentence(code, _(text, **shown, **facts), dict(numbers))


def _count(value: int) -> str:
    return f"{value:,}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _decimal(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _small(q: float | None) -> str:
    return "–" if q is None else small(q)
