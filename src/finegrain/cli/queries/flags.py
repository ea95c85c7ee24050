"""The options of the commands that ask about behaviour: those of every kind, and those of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finegrain.cli.queries.conditions import read_condition, read_step
from finegrain.cli.values import whole_number
from finegrain.errors import BadValueError
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Flag:
    """One option that sets one field of a query.

    Attributes:
        name: as it is written, with its dashes.
        field: the field that it sets.
        metavar: what its value is.
        help: what it says, to be translated.
        reads: makes the field's JSON value of the text.
        many: whether it may be repeated.
    """

    name: str
    field: str
    metavar: str
    help: str
    reads: Callable[[str], Any] = str
    many: bool = False


@dataclass(frozen=True)
class Words:
    """What stands behind a command without dashes: events, each for one field.

    Attributes:
        fields: in the order of the words.
        many: whether the last field takes all words that are left.
        metavar: how the help page shows them.
        help: what they are, to be translated.
    """

    fields: tuple[str, ...] = ()
    many: bool = False
    metavar: str = ""
    help: str = ""


@dataclass(frozen=True)
class QueryCommand:
    """One command: its kind of query, its words, its own options, and its line of help."""

    kind: str
    help: str
    words: Words = Words()
    flags: tuple[Flag, ...] = ()


def read_breakdown(text: str) -> dict[str, Any]:
    """Give the JSON values of a breakdown: a property of the event, or ``person.`` and a trait.

    Examples:
        >>> read_breakdown("person.city")
        {'property': 'city', 'of': 'person'}
    """
    trait = text.removeprefix("person.")
    return {"property": text} if trait == text else {"property": trait, "of": "person"}


def read_numbers(text: str) -> list[float]:
    """Give the numbers of a text that has commas between them.

    Raises:
        BadValueError: one of them is none.

    Examples:
        >>> read_numbers("1, 2.5")
        [1.0, 2.5]
    """
    try:
        return [float(part) for part in text.split(",")]
    except ValueError as error:
        raise BadValueError(name="--breaks", value=text, allowed=_("numbers with commas between them, such as 1,2,5")) from error


_GRANULARITY = Flag("--granularity", "granularity", "BUCKET", N_("hour, day, week, month or quarter."))
_WINDOW = Flag("--window", "window", "LENGTH", N_("How long it may take, such as 30m, 12h, 7d or 2w."))
EVENT_HELP = N_("An event, perhaps with conditions: “Order Completed[total>=100, city=Ulm]”; A|B for either, * for any.")

COMMON = (
    Flag("--period", "period", "PERIOD", N_("Days such as 30d, 12w, 6m, 2024-01-01..2024-03-31, this_month or all.")),
    Flag(
        "--where", "filters", "CONDITION",
        N_("Only events that meet it: price>=100, city=Ulm|Bonn, person.plan=pro, coupon?."), read_condition, many=True,
    ),
    Flag("--unit", "unit", "UNIT", N_("What is counted: people, events, sessions or groups.")),
    Flag("--group", "group", "PROPERTY", N_("The event property whose values are the groups.")),
    Flag(
        "--breakdown", "breakdown", "PROPERTY",
        N_("Split by the values of an event property, or of a trait: person.city."), read_breakdown,
    ),
)  # fmt: skip
LIMIT = Flag("--limit", "limit", "N", N_("How many values of the breakdown are shown by themselves."), whole_number("--limit", 1))

COMMANDS = (
    QueryCommand(
        "funnel",
        N_("How far people come along steps, and where they leave."),
        Words(("steps",), many=True, metavar="STEP", help=EVENT_HELP),
        (
            _WINDOW,
            Flag("--order", "order", "ORDER", N_("ordered: other events may lie between; strict: none may; any: in any order.")),
            Flag("--starts", "starts", "WHICH", N_("Which first steps start a chain: any, first_ever or first_in_period.")),
            Flag("--without", "exclusions", "EVENT", N_("An event that voids a chain between its steps."), read_step, many=True),
            Flag("--attribution", "attribution", "STEP", N_("Whose value the breakdown takes: first, last, step or all.")),
            _GRANULARITY,
        ),
    ),
    QueryCommand(
        "retention",
        N_("How many of those who begin come back in the buckets after."),
        Words(("start", "returns"), metavar="EVENT", help=EVENT_HELP),
        (
            Flag(
                "--cohort", "cohort", "WHICH", N_("first_time: by the first start ever; recurring: by each bucket with a start.")
            ),
            Flag("--mode", "mode", "MODE", N_("on: back in that bucket; on_or_after: in that one or later.")),
            _GRANULARITY,
            Flag("--periods", "periods", "N", N_("How many buckets after the first are told."), whole_number("--periods", 1)),
        ),
    ),
    QueryCommand(
        "trends",
        N_("How figures go over time: events, people, sums and averages of a property."),
        Words(("series",), many=True, metavar="EVENT", help=EVENT_HELP),
        (
            Flag("--measure", "measure", "MEASURE", N_("Of every event named: total, unique, sum, average, median, p90, wau …")),
            Flag("--property", "property", "PROPERTY", N_("The numeric property that is measured.")),
            Flag("--formula", "formulas", "FORMULA", N_("A calculation over the events by letter: A / B * 100."), many=True),
            _GRANULARITY,
        ),
    ),
    QueryCommand(
        "paths",
        N_("Which ways people take from an event on, or to one."),
        Words(),
        (
            Flag("--from", "start", "EVENT", N_("The event at which paths begin."), read_step),
            Flag("--to", "end", "EVENT", N_("The event to which paths lead."), read_step),
            Flag("--within", "scope", "SCOPE", N_("session: paths stay within a session; window: within --window.")),
            _WINDOW,
            Flag("--depth", "depth", "N", N_("How many positions are told."), whole_number("--depth", 2)),
            Flag("--name-by", "name_by", "PROPERTY", N_("A property whose values name the events, such as the page.")),
            Flag(
                "--nodes", "most_nodes", "N", N_("Names that stand by themselves at each position."), whole_number("--nodes", 1)
            ),
        ),
    ),
    QueryCommand(
        "intervals",
        N_("How long it takes from one event to the next."),
        Words(("start", "end"), metavar="EVENT", help=EVENT_HELP),
        (
            _WINDOW,
            Flag("--closing", "closing", "WHICH", N_("An end closes the latest start before it, or every one.")),
            _GRANULARITY,
        ),
    ),
    QueryCommand(
        "distribution",
        N_("How people are spread by how often, on how many days, or how much."),
        Words(("event",), metavar="EVENT", help=EVENT_HELP),
        (
            Flag("--measure", "measure", "MEASURE", N_("What people are measured by: events, days or sum.")),
            Flag("--property", "property", "PROPERTY", N_("The numeric property that is added up.")),
            Flag("--breaks", "breaks", "NUMBERS", N_("Where bars begin, ascending: 1,2,5,10."), read_numbers),
            Flag("--bars", "bars", "N", N_("How many bars, where no breaks are given."), whole_number("--bars", 1)),
        ),
    ),
    QueryCommand(
        "attribution",
        N_("To which touches conversions are owed: the conversion, then the touches."),
        Words(("conversion", "touches"), many=True, metavar="EVENT", help=EVENT_HELP),
        (
            Flag("--model", "models", "MODEL", N_("first, last, linear, position or decay; else all of them."), many=True),
            Flag("--lookback", "lookback", "LENGTH", N_("How long before the conversion a touch counts.")),
            Flag("--half-life", "half_life", "LENGTH", N_("Of the model decay.")),
            Flag("--name-by", "name_by", "PROPERTY", N_("A property of the touches whose values are told, such as the channel.")),
            Flag("--money", "money", "PROPERTY", N_("A numeric property of the conversion that is shared out.")),
        ),
    ),
    QueryCommand(
        "lifecycle",
        N_("How people come, stay, leave and come back, by one event."),
        Words(("event",), metavar="EVENT", help=EVENT_HELP),
        (_GRANULARITY,),
    ),
    QueryCommand(
        "stickiness",
        N_("On how many different days, or other buckets, people do something."),
        Words(("event",), metavar="EVENT", help=EVENT_HELP),
        (_GRANULARITY,),
    ),
    QueryCommand(
        "churn",
        N_("What marks people who went silent, against comparable people who stayed."),
        Words(),
        (
            Flag("--active", "active", "EVENT", N_("What counts as a sign of life; else anything people do."), read_step),
            Flag("--messages", "messages", "EVENT", N_("What counts as a message that arrived."), read_step),
            Flag("--step", "steps", "EVENT", N_("A step on the way to a purchase; in their order."), read_step, many=True),
            Flag("--silence", "silence", "LENGTH", N_("Who shows no sign of life for so long is silent; else 90d.")),
            Flag("--lookback", "lookback", "LENGTH", N_("How long before the last visit is looked at; else 28d.")),
            Flag("--earlier", "earlier", "LENGTH", N_("The time before it whose revenue is at stake; else 90d.")),
            Flag("--least", "least", "N", N_("Signs of fewer people are not judged; else 30."), whole_number("--least", 1)),
        ),
    ),
    QueryCommand(
        "process",
        N_("How a process really runs, where it loses people, and which repair is worth most."),
        Words(("steps",), many=True, metavar="STEP", help=EVENT_HELP),
        (
            Flag("--preset", "preset", "NAME", N_("purchase or sign_up: steps found among the events, instead of STEP.")),
            _WINDOW,
            Flag("--value", "value", "PROPERTY", N_("A numeric property of the last step: what a completion is worth.")),
            Flag(
                "--by",
                "breakdowns",
                "PROPERTY",
                N_("A property or trait (person.city) whose values are compared at each step."),
                read_breakdown,
                many=True,
            ),
            Flag("--variants", "variants", "N", N_("How many ways are told by themselves."), whole_number("--variants", 1)),
        ),
    ),
)
"""Every command, in the order of the help page; a further kind is one entry."""
