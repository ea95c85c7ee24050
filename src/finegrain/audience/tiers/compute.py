"""Computing one scheme over everybody: bounds, codes, figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.audience.tiers import thresholds as th
from finegrain.audience.tiers.contract import TierAssignment
from finegrain.audience.tiers.result import Basis, TierResult, summarise
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finegrain.audience.tiers.contract import OrdersOf
    from finegrain.audience.tiers.schemes.base import Scheme
    from finegrain.audience.tiers.thresholds import Values
    from finegrain.behaviour.contract import PersonFacts
    from finegrain.zones import Zone


def resolve(scheme: Scheme[Any], *given: Mapping[str, Any] | None) -> Values:
    """Give all thresholds of a scheme: defaults, overlaid by each of ``given`` in turn, checked.

    Raises:
        UnknownThresholdError: a name is unknown.
        BadThresholdError: a value cannot be used, or two contradict each other.
    """
    values: Values = {threshold.name: threshold.default for threshold in scheme.declared}
    for overlay in given:
        values.update(th.check(scheme.name, scheme.declared, overlay or {}))
    scheme.validate(values)
    return values


def compute(
    scheme: Scheme[Any], facts: PersonFacts, values: Values, *, zone: Zone, currency: str, orders_of: OrdersOf | None = None
) -> TierResult:
    """Sort everybody in ``facts`` into the tiers of ``scheme``.

    Args:
        scheme: the scheme.
        facts: of everybody, with the scheme's window.
        values: all thresholds, checked.
        zone: in which moments are shown.
        currency: of all amounts.
        orders_of: gives one person's orders, so that explanations can follow the window; they say so when it is None.
    """
    bounds = scheme.bounds(facts, values, currency)
    codes = scheme.classify(facts, bounds)
    basis = Basis(scheme, values, bounds, facts, zone, currency, orders_of)
    keys = tuple(label.key for label in scheme.tiers(values))
    return TierResult(
        scheme=scheme.name,
        as_of=from_us(facts.as_of_us),
        thresholds=th.with_values(scheme.declared, values, currency),
        tiers=summarise(basis, codes),
        assignment=TierAssignment(keys, facts.person_ids, codes),
        currency=currency,
        basis=basis,
        note_templates=scheme.notes(bounds, currency),
    )
