"""Formulas over series: ``A / B * 100``, read and worked out without Python's own evaluation."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finegrain.behaviour.errors import BadQueryError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_LENGTH = 200
"""Characters of a formula; it is read by functions that call themselves."""
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Z])|([-+*/()]))")


@dataclass(frozen=True)
class Number:
    """A number that stands in a formula."""

    value: float


@dataclass(frozen=True)
class Letter:
    """The series at ``place``, from 0."""

    place: int


@dataclass(frozen=True)
class Calculation:
    """Two parts joined by an operator."""

    operator: str
    left: Part
    right: Part


Part = Number | Letter | Calculation


def read_formula(text: str, series: int, field: str) -> Part:
    """Read a formula of numbers, letters of series, ``+ - * /`` and parentheses.

    Args:
        text: the formula; ``*`` and ``/`` bind closer than ``+`` and ``-``, and what stands first comes first.
        series: how many there are; the first is ``A``.
        field: the query's field, for the message.

    Raises:
        BadQueryError: it cannot be read, is too long, or names a series that is not there.

    Examples:
        >>> work_out(read_formula("(A - B) / 2", 2, "formulas[0]"), [7, 2])
        2.5
    """
    try:
        reader = _Reader(_tokens(text), series)
        part = reader.sum()
        reader.expect("")
    except ValueError as error:
        letters = ", ".join(letter_of(place) for place in range(series))
        allowed = Phrase(
            "a calculation with the letters of series ({letters}), numbers, + - * / and parentheses, at most {most} characters",
            letters=letters,
            most=MOST_LENGTH,
        )
        raise BadQueryError(field=field, value=text, allowed=allowed) from error
    return part


def letter_of(place: int) -> str:
    """Give the letter of the series at ``place``, from 0."""
    return chr(ord("A") + place)


def work_out(part: Part, values: Sequence[float | None]) -> float | None:
    """Work out a formula over one value a series.

    None where a series that it names has no value, where it divides by zero, and where the outcome is too large for float64.
    """
    if isinstance(part, Number):
        return part.value
    if isinstance(part, Letter):
        value = values[part.place]
        return None if value is None else float(value)
    left, right = work_out(part.left, values), work_out(part.right, values)
    return None if left is None or right is None else _joined(part.operator, left, right)


def _joined(operator: str, left: float, right: float) -> float | None:
    if operator == "/":
        found = left / right if right else math.nan
    else:
        found = {"+": left + right, "-": left - right, "*": left * right}[operator]
    return found if math.isfinite(found) else None


def _tokens(text: str) -> list[str]:
    if len(text) > MOST_LENGTH:
        raise ValueError(text)
    tokens, place, end = [], 0, len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None:
            raise ValueError(text)
        tokens.append(found[0].strip())
        place = found.end()
    return [*tokens, ""]


@dataclass
class _Reader:
    """Reads tokens from left to right; the last one is empty."""

    tokens: list[str]
    series: int
    place: int = 0

    def sum(self) -> Part:
        part = self.product()
        while self.tokens[self.place] in {"+", "-"}:
            part = Calculation(self.take(), part, self.product())
        return part

    def product(self) -> Part:
        part = self.factor()
        while self.tokens[self.place] in {"*", "/"}:
            part = Calculation(self.take(), part, self.factor())
        return part

    def factor(self) -> Part:
        read = self.take()
        if read == "-":
            return Calculation("-", Number(0.0), self.factor())
        if read == "(":
            part = self.sum()
            self.expect(")")
            return part
        return self.leaf(read)

    def leaf(self, token: str) -> Part:
        if token.isalpha() and ord(token) - ord("A") < self.series:
            return Letter(ord(token) - ord("A"))
        if token[:1].isdigit():
            return Number(float(token))
        raise ValueError(token)

    def take(self) -> str:
        token = self.tokens[self.place]
        if not token:
            raise ValueError(token)
        self.place += 1
        return token

    def expect(self, token: str) -> None:
        if self.tokens[self.place] != token:
            raise ValueError(self.tokens[self.place])
        self.place += bool(token)
