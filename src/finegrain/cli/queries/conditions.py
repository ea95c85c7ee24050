"""The short form in which conditions and steps stand on the command line.

A condition is ``PROPERTY OPERATOR VALUE``:

============ ================ ==================================================
written      means            the value
============ ================ ==================================================
``=``        is               one, or several with ``|`` between them
``!=``       is_not           likewise
``>`` ``>=`` gt, gte          a number; ``>`` with a date or a time means after
``<`` ``<=`` lt, lte          a number; ``<`` with a date or a time means before
``~`` ``!~`` contains, not    a text, in upper or lower case
``=~``       matches          a regular expression
``=A..B``    between          two numbers, both included
``?`` ``!``  exists, not      none: ``coupon?``, ``coupon!``
============ ================ ==================================================

Numbers are compared as numbers, ``true`` and ``false`` as truth values; what stands in double quotes is a text. A property that
begins with ``person.`` is a trait as it is today, with ``then.`` a trait as it was at the time of the event. A step is the name
of an event, of several with ``|`` between them, or ``*`` for any, with conditions in brackets that must all hold:
``Order Completed[total>=100, city=Ulm|Bonn]``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from finegrain.cli.errors import BadConditionError

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_CONDITION = re.compile(
    rf"\s*(?P<of>person\.|then\.)?(?P<name>{_QUOTED}|[^\s=!<>~?\"|,\[\]](?:[^=!<>~?\"|,\[\]]*[^\s=!<>~?\"|,\[\]])?)\s*"
    rf"(?:(?P<alone>[?!])|(?P<op>!=|!~|=~|>=|<=|=|>|<|~)\s*(?P<value>(?![=~])\S.*?))\s*",
    re.DOTALL,
)
_STEP = re.compile(rf"\s*(?P<names>(?:{_QUOTED}|[^\[\]\"])+?)\s*(?:\[(?P<conditions>.*)\])?\s*", re.DOTALL)
_OPERATORS = {
    "=": "is", "!=": "is_not", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "~": "contains", "!~": "not_contains",
    "=~": "matches", "?": "exists", "!": "not_exists",
}  # fmt: skip
_TIMELY = {">": "after", "<": "before"}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_BETWEEN = re.compile(rf"({_NUMBER.pattern})\.\.({_NUMBER.pattern})")
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*")


def read_condition(text: str) -> dict[str, Any]:
    """Give a condition as the JSON values of a ``Filter``.

    Raises:
        BadConditionError: it cannot be read.

    Examples:
        >>> read_condition("price>=100")
        {'property': 'price', 'op': 'gte', 'value': 100}
        >>> read_condition("person.city = Ulm|Bonn")
        {'property': 'city', 'op': 'is', 'value': ['Ulm', 'Bonn'], 'of': 'person'}
    """
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise BadConditionError(text=text)
    sign = found["alone"] or found["op"]
    condition: dict[str, Any] = {"property": _unquoted(found["name"]), "op": _OPERATORS[sign]}
    if found["op"]:
        condition |= _compared(sign, found["value"], text)
    if found["of"]:
        condition["of"] = "person"
    if found["of"] == "then.":
        condition["as_it_was"] = True
    return condition


def read_step(text: str) -> dict[str, Any]:
    """Give a step as the JSON values of an ``EventMatch``.

    Raises:
        BadConditionError: it cannot be read.

    Examples:
        >>> read_step("Order Completed[total>=100]")
        {'event': 'Order Completed', 'filters': [{'property': 'total', 'op': 'gte', 'value': 100}]}
    """
    found = _STEP.fullmatch(text)
    names = [_unquoted(name.strip()) for name in _split(found["names"], "|")] if found else []
    if found is None or "" in names:
        raise BadConditionError(text=text)
    step: dict[str, Any] = {"event": names[0] if len(names) == 1 else names}
    if found["conditions"] is not None:
        step["filters"] = [read_condition(part) for part in _split(found["conditions"], ",")]
    return step


def _compared(sign: str, value: str, text: str) -> dict[str, Any]:
    between = _BETWEEN.fullmatch(value)
    if sign == "=" and between:
        return {"op": "between", "value": [_plain(between[1]), _plain(between[4])]}
    if sign in _TIMELY and _DATE.fullmatch(value):
        return {"op": _TIMELY[sign], "value": value}
    if sign == "=~":
        return {"value": _unquoted(value)}
    values = [_plain(part.strip()) for part in _split(value, "|")]
    if "" in values and not value.startswith('"'):
        raise BadConditionError(text=text)
    return {"value": values[0] if len(values) == 1 else values}


def _plain(text: str) -> Any:
    if text in {"true", "false"}:
        return text == "true"
    if _NUMBER.fullmatch(text):
        return int(text) if re.fullmatch(r"[+-]?\d{1,18}", text) else float(text)
    return _unquoted(text)


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if re.fullmatch(_QUOTED, text, re.DOTALL) else text


def _split(text: str, mark: str) -> Iterator[str]:
    """Give the parts between marks that stand outside of double quotes."""
    part = ""
    for piece in re.findall(rf"{_QUOTED}|.", text, re.DOTALL):
        if piece == mark:
            yield part
            part = ""
        else:
            part += piece
    yield part
