"""Reads the values of options, and says in the reader's language what they may be."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from finegrain.cli.errors import BadAssignmentError
from finegrain.errors import BadValueError, UnknownNameError
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def whole_number(name: str, minimum: int = 0) -> Callable[[str], int]:
    """Give a reader of whole numbers of at least ``minimum`` for the option ``name``.

    The reader raises ``BadValueError`` for anything else.
    """

    def read(text: str | int) -> int:
        try:
            value = int(text)
        except ValueError:
            value = minimum - 1
        if value < minimum:
            raise BadValueError(name=name, value=text, allowed=_("a whole number from {minimum} up", minimum=minimum))
        return value

    return read


def one_of(kind: str, allowed: Iterable[str]) -> Callable[[str], str]:
    """Give a reader that takes one of ``allowed`` and raises ``UnknownNameError`` for anything else."""
    known = tuple(allowed)

    def read(text: str) -> str:
        if text not in known:
            raise UnknownNameError(kind=_(kind), name=text, allowed=", ".join(known))
        return text

    return read


def civil_day(name: str, text: str | None) -> date | None:
    """Read a civil day in ISO form; None for None.

    Raises:
        BadValueError: ``text`` is not one.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadValueError(name=name, value=text, allowed=_("a date such as 2024-06-01")) from error


def assignments(option: str, values: Iterable[str], example: str) -> dict[str, str]:
    """Read the ``name=value`` texts of a repeated option.

    Raises:
        BadAssignmentError: a text has no ``=``, or nothing on one side of it.
    """
    found = {}
    for text in values:
        name, _equals, value = text.partition("=")
        if not name.strip() or not value.strip():
            raise BadAssignmentError(option=option, value=text, form=_("name=value"), example=f"{option} {example}")
        found[name.strip()] = value.strip()
    return found
