"""A process diagnosis in sentences, the most expensive matters first, each with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.behaviour.process.figures import LEAST_PEOPLE
from finegrain.behaviour.queries.report import Sentence, amount, count, duration, percent, small
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finegrain.behaviour.process.comparing import Point
    from finegrain.behaviour.process.figures import AgainFigures, ProcessStep, Worth
    from finegrain.behaviour.process.result import ProcessResult

MOST_LOSSES, MOST_FINDINGS, MOST_REWORK = 3, 5, 2
_LOST = N_(
    "After “{step}”, {people} people left and did not come back to finish. Of those who get further, {onward} finish: "
    "about {completions} completions are at stake"
)
_BEST_DAYS = N_(
    "If “{step}” always went as on the best tenth of days ({best} instead of {usual}; days drawn together as far as chance sets "
    "them apart), it would bring about {completions} more completions"
)
_FINDING = N_(
    "With {property} = {value}, “{step}” goes on to “{following}” in {here} of cases, with all others in {others}: a difference "
    "of {difference} points (95 % interval {low} to {high}, q {q}). At the others' rate it would bring about {completions} "
    "more completions"
)
_AGAIN = {
    "returned": N_("{cases} cases ({share}) went back to “{step}”, {times} times in all; it takes {median} in the middle."),
    "repeated": N_("{cases} cases ({share}) repeated “{step}” in a row, {times} times in all; it takes {median} in the middle."),
}


def sentences(result: ProcessResult) -> tuple[Sentence, ...]:
    """Give the report of a diagnosis, in the reader's language."""
    return tuple(_told(result))


def _told(result: ProcessResult) -> Iterator[Sentence]:
    yield _overview(result)
    if result.steps[0].thin:
        numbers = {"people": result.steps[0].people, "least": LEAST_PEOPLE}
        yield Sentence(
            "thin", _("That is thin data: with fewer than {least} people, take every figure as an anecdote.", **numbers), numbers
        )
    yield from (_finding(result, point) for point in result.findings[:MOST_FINDINGS])
    if not result.findings:
        yield _nothing(result)
    for step in result.losses[:MOST_LOSSES]:
        yield _loss(result, step)
        if step.best_days is not None:
            yield _best_days(result, step)
    yield from _slowest(result)
    # Looking at several things before the first choice is no rework.
    again = [one for one in result.rework if one.kind == "returned" or one.step > 1]
    yield from (_again(one) for one in again[:MOST_REWORK])
    if result.variants[0].steps:
        yield _variants(result)
    if result.still_open:
        numbers = {"cases": result.still_open}
        text = _(
            "{cases} cases that began less than a window ago are left out: they can still go on.", cases=count(result.still_open)
        )
        yield Sentence("open", text, numbers)


def _overview(result: ProcessResult) -> Sentence:
    first, last, done = result.steps[0], result.steps[-1], result.completions
    numbers = {"cases": first.cases, "people": first.people, "completed": done.cases, "share": done.share, "value": done.value}
    select = {"step": 1}
    if not first.cases:
        text = _("Nobody began with “{step}” in this period.", step=first.name)
        return Sentence("overview", text, numbers, select)
    facts = {"cases": count(first.cases), "people": count(first.people), "completed": count(done.cases)}
    share = percent(done.share or 0.0)
    text = _(
        "{people} people began “{first}” {cases} times; {completed} times ({share}) they reached “{last}”.",
        first=first.name, last=last.name, share=share, **facts,
    )  # fmt: skip
    return Sentence("overview", text, numbers, select)


def _loss(result: ProcessResult, step: ProcessStep) -> Sentence:
    lost, onward = step.lost, step.onward or 0.0
    assert lost is not None  # noqa: S101 - the losses are those that have one
    facts = {"step": step.name, "people": count(step.lost_people), "onward": percent(onward)}
    numbers = {"step": step.number, "people": step.lost_people, "onward": step.onward, **lost.to_dict()}
    text = _(_LOST, completions=count(lost.completions), **facts) + _worth(result, lost)
    return Sentence("loss", text, numbers, {"step": step.number, "outcome": "lost"})


def _best_days(result: ProcessResult, step: ProcessStep) -> Sentence:
    best = step.best_days
    assert best is not None  # noqa: S101 - asked before
    numbers = {"step": step.number, "days": best.days, "best": best.conversion, "usual": step.conversion, **best.worth.to_dict()}
    if best.conversion == step.conversion:
        text = _(
            "At “{step}”, days differ no more than chance sets them apart: there are no best days to learn from.", step=step.name
        )
        return Sentence("same_days", text, numbers)
    facts = {"step": step.name, "best": percent(best.conversion), "usual": percent(step.conversion or 0.0)}
    text = _(_BEST_DAYS, completions=count(best.worth.completions), **facts) + _worth(result, best.worth)
    return Sentence("best_days", text, numbers)


def _finding(result: ProcessResult, point: Point) -> Sentence:
    split, here = result.splits[point.split], point.here
    facts = {
        "property": split.property,
        "value": split.groups[point.group].group.name,
        "step": result.steps[point.step - 1].name,
        "following": result.steps[point.step].name,
        "here": percent(here.conversion or 0.0),
        "others": percent(point.others_conversion),
        "q": small(point.q),
        **{name: f"{getattr(point, name) * 100:+.1f}" for name in ("difference", "low", "high")},
    }
    text = _(_FINDING, completions=count(point.lost.completions), **facts) + _worth(result, point.lost)
    text += _(" The two go together; whether one causes the other, only a change or an experiment can tell.")
    numbers: dict[str, Any] = {
        name: getattr(point, name) for name in ("step", "difference", "low", "high", "p", "q", "others_conversion")
    }
    numbers |= {"cases": here.cases, "people": here.lost_people, "conversion": here.conversion, **point.lost.to_dict()}
    select = {"step": point.step, "outcome": "lost", "split": point.split, "group": point.group}
    return Sentence("finding", text, numbers, select)


def _nothing(result: ProcessResult) -> Sentence:
    numbers = {"made": result.compared.made, "thin": result.compared.thin}
    if not result.compared.made:
        text = _("No values could be compared: there are too few people, or no property to tell them apart by.")
    else:
        text = _(
            "No value stands out: of {made} comparisons none is worse than chance explains, all of them taken together.",
            made=count(result.compared.made),
        )  # fmt: skip
    return Sentence("no_finding", text, numbers)


def _slowest(result: ProcessResult) -> Iterator[Sentence]:
    timed = [(step.time.median_s, step) for step in result.steps if step.time is not None and step.time.median_s is not None]
    if timed:
        median_s, step = max(timed, key=lambda one: (one[0], -one[1].number))
        p90_s = (step.time.p90_s if step.time else None) or 0.0
        text = _(
            "The longest wait lies before “{step}”: {median} in the middle, and more than {p90} for one case in ten.",
            step=step.name, median=duration(median_s), p90=duration(p90_s),
        )  # fmt: skip
        yield Sentence("waiting", text, {"step": step.number, "median_s": median_s, "p90_s": p90_s})


def _again(one: AgainFigures) -> Sentence:
    facts = {"cases": count(one.cases), "share": percent(one.share), "step": one.name, "times": count(one.times)}
    text = _(_AGAIN[one.kind], median=duration(one.time.median_s or 0.0), **facts)
    numbers = {name: getattr(one, name) for name in ("step", "kind", "cases", "people", "share", "times", "total_s")}
    return Sentence("rework", text, {**numbers, "median_s": one.time.median_s}, {"step": one.step, "outcome": one.kind})


def _variants(result: ProcessResult) -> Sentence:
    first = result.variants[0]
    way = " → ".join(result.steps[number - 1].name for number in first.steps) + (" …" if first.longer else "")
    ways = sum(variant.ways for variant in result.variants)
    text = _(
        "The most frequent way is “{way}”, with {share} of the cases; there are {ways} ways in all.",
        way=way, share=percent(first.share or 0.0), ways=count(ways),
    )  # fmt: skip
    return Sentence("variants", text, {"cases": first.cases, "share": first.share, "ways": ways}, {"variant": 0})


def _worth(result: ProcessResult, worth: Worth) -> str:
    if worth.value is None:
        return _(".")
    return _(", worth {value}.", value=amount(worth.value, result.currency))
