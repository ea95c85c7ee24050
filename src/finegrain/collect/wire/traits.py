"""Values of traits checked against what is to be done with them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from finegrain.collect.wire.parsing import as_json, object_in
from finegrain.collect.wire.reasons import Refused

if TYPE_CHECKING:
    from finegrain.collect.wire.contract import TraitAction

_LARGEST = 1e300


def readable_traits(action: TraitAction, values: object, *, field: str = "properties", ignored: str = "") -> dict[str, Any]:
    """Give the values of a ``TraitCall``.

    Args:
        action: what is to be done: ``increment`` takes finite numbers, ``append`` lists or single values (which become a
            list of one), ``unset`` a list of names or an object of which the names count; ``delete`` takes nothing.
        values: as sent.
        field: where they stood, for the sentence.
        ignored: a name that is no trait.

    Raises:
        Refused: they are no object, or one of them is unusable.
    """
    if action == "delete":
        return {}
    if action == "unset":
        return {name: None for name in _names(field, values) if name != ignored}
    traits = {name: value for name, value in object_in(field, values).items() if name != ignored}
    if action == "increment":
        for name, value in traits.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(min(abs(value), _LARGEST)):
                raise Refused("bad_trait", action=action, field=name, value=as_json(value))
    if action == "append":
        return {name: _as_list(name, value) for name, value in traits.items()}
    return traits


def _names(field: str, values: object) -> list[str]:
    if isinstance(values, str):
        return [values]
    if isinstance(values, list):
        if not all(isinstance(name, str) for name in values):
            raise Refused("bad_properties", field=field, value=as_json(values))
        return values
    return list(object_in(field, values))


def _as_list(name: str, value: object) -> list[Any]:
    if value is None or isinstance(value, dict):
        raise Refused("bad_trait", action="append", field=name, value=as_json(value))
    return value if isinstance(value, list) else [value]
