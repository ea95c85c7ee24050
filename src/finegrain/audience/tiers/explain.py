"""Why one person is in their tier, and when the passage of time alone will move them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.audience.tiers.contract import Explanation
from finegrain.audience.tiers.facts import DAY, later, orders_agree, pick
from finegrain.i18n import _, current_language
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.audience.tiers.contract import PersonOrder
    from finegrain.audience.tiers.result import Basis, TierResult
    from finegrain.behaviour.contract import PersonFacts


def explain(result: TierResult, person_id: int) -> Explanation:
    """Say why a person is in their tier, and when time alone moves them on, in the reader's language.

    The move is found by classifying the person anew at each later instant at which some bound of time passes over them,
    with all other bounds held as they are: the first instant at which the tier differs is exact to the microsecond.

    Raises:
        UnknownPersonError: there is no such person.
    """
    basis, place = result.basis, result.place_of(person_id)
    person = pick(basis.facts, place)
    orders = _orders(basis, person)
    move = next_move(basis, person, orders)
    tier = result.tiers[result.assignment.codes[place]]
    target = result.tiers[move[1]] if move else None
    return Explanation(
        scheme=result.scheme,
        person_id=person_id,
        tier=tier.key,
        tier_name=_(tier.name),
        figures=basis.scheme.figures(person, basis.bounds, basis.currency),
        moves_to=target.key if target else None,
        moves_to_name=_(target.name) if target else None,
        moves_at=from_us(move[0]) if move else None,
        note=_note(basis, person, has_orders=bool(orders)),
    )


def next_move(basis: Basis, person: PersonFacts, orders: Sequence[PersonOrder]) -> tuple[int, int] | None:
    """Give when (µs) and into which place of ``tiers`` one person moves next if nothing happens; None for never."""
    scheme, bounds = basis.scheme, basis.bounds
    now = int(scheme.classify(person, bounds)[0])
    for instant in _instants(basis, person, orders):
        code = int(scheme.classify(later(person, instant, orders), bounds)[0])
        if code != now:
            return instant, code
    return None


def _instants(basis: Basis, person: PersonFacts, orders: Sequence[PersonOrder]) -> list[int]:
    # The window's start is inclusive, so an order is out one microsecond after the window's length has passed.
    window_us = person.as_of_us - person.window_start_us
    leaving = (order.time_us + window_us + 1 for order in orders)
    return sorted({instant for instant in (*basis.scheme.crossings(person, basis.bounds), *leaving) if instant > person.as_of_us})


def _orders(basis: Basis, person: PersonFacts) -> tuple[PersonOrder, ...]:
    if not basis.scheme.uses_window or basis.orders_of is None or not person.purchases[0]:
        return ()
    orders = basis.orders_of(int(person.person_ids[0]), person.as_of_us)
    return orders if orders_agree(person, orders) else ()


def _note(basis: Basis, person: PersonFacts, *, has_orders: bool) -> str:
    notes = []
    if basis.scheme.moving_bounds(basis.values):
        notes.append(_("Bounds read from the data are taken to stay as they are today."))
    if basis.scheme.uses_window and person.purchases[0]:
        days = (person.as_of_us - person.window_start_us) // DAY
        if has_orders:
            notes.append(_("Orders leaving the window of {days} days are taken into account.", days=days))
        else:
            notes.append(_("Orders leaving the window of {days} days are not taken into account.", days=days))
    notes.append(_("Assumes that nothing else happens with this person."))
    return ("" if current_language() == "zh_CN" else " ").join(notes)
