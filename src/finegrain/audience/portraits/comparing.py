"""Compares some people with all of them, value by value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finegrain.audience.portraits.contract import Sign
from finegrain.behaviour.process.estimates import newcombe, wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from finegrain.audience.portraits.facets import Values

SMALLEST = 5
"""A value that fewer people have among all is not told: it would tell of single people, and nothing of the segment."""
MOST_VALUES = 20
"""Values told of each trait or other facet: those that most people have."""


def compared(facets: Iterable[Values], inside: NDArray[np.bool_]) -> tuple[Sign, ...]:
    """Compare some people with all.

    Args:
        facets: what can be told of people.
        inside: ``(P,) bool``, who is in the segment.

    Returns:
        The most telling first, then in order of the facets; those of facets that tell nothing of the segment, or of the others,
        are left out.
    """
    found = [sign for facet in facets for sign in _of_facet(facet, inside)]
    return tuple(sorted(found, key=lambda sign: -sign.telling))


def _of_facet(facet: Values, inside: NDArray[np.bool_]) -> Iterator[Sign]:
    of_people, of_all = int((facet.known & inside).sum()), int(facet.known.sum())
    if not of_people or of_people == of_all:
        return
    everybody = np.bincount(facet.place, minlength=len(facet.values))
    here = np.bincount(facet.place[inside[facet.person]], minlength=len(facet.values))
    for place in np.argsort(-everybody, kind="stable")[:MOST_VALUES].tolist():
        people, all_people = int(here[place]), int(everybody[place])
        if all_people >= SMALLEST:
            low, high = _interval(people, of_people, all_people - people, of_all - of_people)
            numbers = (people, of_people, all_people, of_all, low, high)
            yield Sign(facet.facet, facet.name, facet.values[place], facet.labels[place], *numbers)


def _interval(people: int, of_people: int, others: int, of_others: int) -> tuple[float, float]:
    here, there = wilson(people, of_people), wilson(others, of_others)
    return newcombe(people / of_people, here, others / of_others, there)
