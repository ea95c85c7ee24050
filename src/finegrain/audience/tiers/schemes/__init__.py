"""The five tier schemes, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.audience.errors import UnknownSchemeError
from finegrain.audience.tiers.schemes.activity import ActivityScheme
from finegrain.audience.tiers.schemes.frequency import FrequencyScheme
from finegrain.audience.tiers.schemes.lifecycle import LifecycleScheme
from finegrain.audience.tiers.schemes.rfm import RfmScheme
from finegrain.audience.tiers.schemes.value import ValueScheme

if TYPE_CHECKING:
    from finegrain.audience.tiers.contract import SchemeName
    from finegrain.audience.tiers.schemes.base import Scheme

REGISTRY: dict[SchemeName, Scheme[Any]] = {
    scheme.name: scheme for scheme in (RfmScheme(), ActivityScheme(), ValueScheme(), FrequencyScheme(), LifecycleScheme())
}


def scheme_named(name: str) -> Scheme[Any]:
    """Give the scheme called ``name``.

    Raises:
        UnknownSchemeError: there is none.
    """
    for known, scheme in REGISTRY.items():
        if known == name:
            return scheme
    raise UnknownSchemeError(name=name, allowed=", ".join(REGISTRY))


__all__ = ["REGISTRY", "scheme_named"]
