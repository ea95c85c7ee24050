"""What a dashboard and its cards may be: names, periods, questions, sizes, numbers of them."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from finegrain.behaviour.dashboards.contract import HEIGHTS, WIDTHS
from finegrain.behaviour.dashboards.errors import BadDashboardError
from finegrain.behaviour.queries.kinds import kind_of
from finegrain.behaviour.queries.periods import read_period
from finegrain.behaviour.queries.reading import read_query, write_query
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_NAME = 100
LONGEST_QUERY = 50_000
MOST_DASHBOARDS = 200
MOST_CARDS = 30
_ANY_DAY = date(2024, 1, 1)


def checked_name(field: Phrase, name: str) -> str:
    """Give a name or title without the spaces around it.

    Raises:
        BadDashboardError: it is empty, longer than 100 characters, or cannot be printed.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        allowed = Phrase("1 to {most} printable characters", most=LONGEST_NAME)
        raise BadDashboardError(field=field, value=f"“{name[:LONGEST_NAME]}”", allowed=allowed)
    return name


def checked_period(period: str) -> str:
    """Give a period as it is; empty where each card keeps its own.

    Raises:
        BadPeriodError: it cannot be read.
    """
    if period:
        read_period(period, _ANY_DAY, None)
    return period


def checked_query(kind: str, query: Mapping[str, Any]) -> dict[str, Any]:
    """Give a question as JSON values, written out, without what stands at its default.

    Raises:
        UnknownNameError: there is no such kind.
        BadQueryError: a field is unknown, missing, or has a value that it cannot take; whether its events exist is not asked.
        BadDashboardError: it is longer than 50,000 characters of JSON.
    """
    asked = read_query(kind_of(kind).query, query)
    asked.check()
    written = write_query(asked)
    length = len(json.dumps(written))
    if length > LONGEST_QUERY:
        allowed = Phrase("at most {most} characters of JSON", most=LONGEST_QUERY)
        raise BadDashboardError(field=Phrase("question"), value=length, allowed=allowed)
    return written


def check_size(width: int, height: int) -> None:
    """Refuse a size that no card can have.

    Raises:
        BadDashboardError: it tells what is allowed.
    """
    for field, value, sizes in ((Phrase("width"), width, WIDTHS), (Phrase("height"), height, HEIGHTS)):
        if value not in sizes:
            allowed = Phrase("a whole number from {low} to {high}", low=sizes[0], high=sizes[-1])
            raise BadDashboardError(field=field, value=value, allowed=allowed)


def check_order(order: Sequence[int], there: Sequence[int]) -> None:
    """Refuse an order that leaves a card out, or names one twice or one that is not there.

    Raises:
        BadDashboardError: it tells the cards that there are.
    """
    if sorted(order) != sorted(there):
        allowed = Phrase("the numbers of all its cards, each once: {numbers}", numbers=", ".join(map(str, there)) or "–")
        raise BadDashboardError(field=Phrase("order"), value=", ".join(map(str, order)) or "–", allowed=allowed)


def check_room(field: Phrase, count: int, most: int) -> None:
    """Refuse one more where there are as many as there can be.

    Raises:
        BadDashboardError: there are.
    """
    if count >= most:
        raise BadDashboardError(field=field, value=count + 1, allowed=Phrase("at most {most} of them", most=most))
