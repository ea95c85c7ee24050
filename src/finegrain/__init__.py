"""finegrain: precision operations in one process and one folder.

``fg.open("shop/")`` opens a workspace; everything else is a method of it. Names load when they are first used, so that
importing the package costs nothing.

Examples:
    >>> import finegrain as fg
    >>> fg.BadValueError.code
    'bad_value'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from finegrain.audience.rules.builder import rule
    from finegrain.clock import Clock, SettableClock, SystemClock
    from finegrain.collect.imports.contract import ImportProgress, ImportSummary
    from finegrain.errors import (
        BadValueError,
        FinegrainError,
        InputError,
        NotFoundError,
        StateError,
        StorageError,
        UnknownNameError,
    )
    from finegrain.money import Money
    from finegrain.strategy.goals.contract import Metric, NewGoal, Whom
    from finegrain.workspace import Workspace, open  # noqa: A004 - fg.open reads as what it does
    from finegrain.zones import Zone

__version__ = "0.1.0"

_HOMES = {
    "BadValueError": "errors",
    "Clock": "clock",
    "FinegrainError": "errors",
    "ImportProgress": "collect.imports.contract",
    "ImportSummary": "collect.imports.contract",
    "InputError": "errors",
    "Metric": "strategy.goals.contract",
    "Money": "money",
    "NewGoal": "strategy.goals.contract",
    "NotFoundError": "errors",
    "SettableClock": "clock",
    "StateError": "errors",
    "StorageError": "errors",
    "SystemClock": "clock",
    "UnknownNameError": "errors",
    "Whom": "strategy.goals.contract",
    "Workspace": "workspace",
    "Zone": "zones",
    "open": "workspace",
    "rule": "audience.rules.builder",
}

__all__ = [
    "BadValueError",
    "Clock",
    "FinegrainError",
    "ImportProgress",
    "ImportSummary",
    "InputError",
    "Metric",
    "Money",
    "NewGoal",
    "NotFoundError",
    "SettableClock",
    "StateError",
    "StorageError",
    "SystemClock",
    "UnknownNameError",
    "Whom",
    "Workspace",
    "Zone",
    "open",
    "rule",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'finegrain' has no attribute {name!r}")
    return getattr(import_module(f"finegrain.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
