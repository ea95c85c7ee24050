"""The options of the commands that ask about behaviour: those of every kind, and those of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finegrain.cli.queries.conditions import read_condition, read_step
from finegrain.cli.values import whole_number
from finegrain.i18n import N_

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


def read_value(text: str) -> Any:
    """Give a number, a truth value or null as JSON reads it, and any other text as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text


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
)
"""Every command, in the order of the help page; a further kind is one entry."""
