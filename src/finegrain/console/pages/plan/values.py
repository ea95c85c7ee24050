"""Allowed values as people type them, one a chip, and as the plan holds them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finegrain.collect.plan.contract import DeclaredType, Scalar

_PLAIN: tuple[DeclaredType, ...] = ("text", "time")


def as_texts(values: Iterable[Scalar], type_: DeclaredType) -> list[str]:
    """Write values as they are typed; where a property takes more than text, a text that reads as something else is quoted.

    Examples:
        >>> as_texts(("CNY", "1"), "text"), as_texts(("CNY", "1", 1, True), "any")
        (['CNY', '1'], ['CNY', '"1"', '1', 'true'])
    """
    return [_as_text(value, type_) for value in values]


def as_values(texts: Iterable[str], type_: DeclaredType) -> tuple[Scalar, ...]:
    """Read what was typed; ``as_texts`` gives it back.

    Examples:
        >>> as_values(["CNY", "1"], "text"), as_values(["CNY", '"1"', "1", "true"], "any")
        (('CNY', '1'), ('CNY', '1', 1, True))
    """
    return tuple(text if type_ in _PLAIN else _read(text) for text in texts)


def _as_text(value: Scalar, type_: DeclaredType) -> str:
    if isinstance(value, str) and (type_ in _PLAIN or _read(value) == value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _read(text: str) -> Scalar:
    try:
        value = json.loads(text.strip())
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, str | int | float) else text
