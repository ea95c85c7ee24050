"""What can be told of people by values: each facet as the place of everybody's value among some values."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finegrain.audience.portraits.comparing import SMALLEST
from finegrain.audience.portraits.contract import WEEKDAYS
from finegrain.audience.rules.contract import Reachable
from finegrain.audience.segments.previewing import CHANNELS
from finegrain.behaviour.receiving import messages_among
from finegrain.zones import MICROSECONDS_PER_DAY, from_us

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from finegrain.audience.portraits.contract import Facet
    from finegrain.audience.rules.evaluating import Evaluation
    from finegrain.audience.rules.ground import Ground

BANDS = 5
MOST_NAMED_NUMBERS = 12
"""A trait with more different numbers is told in bands."""
LATELY_DAYS = 90
_QUARTER_US = 900_000_000
CATEGORY = "category"


@dataclass(frozen=True, eq=False)
class Values:
    """One facet: people and the value of each; a person may have several values, each once.

    Attributes:
        facet, name: as in ``Sign``.
        values, labels: of each value, as in ``Sign``.
        person: ``(n,) int64`` person codes.
        place: ``(n,) int64``, the place in ``values`` of each.
        known: ``(P,) bool``, about whom the facet tells anything.
    """

    facet: Facet
    name: str
    values: Sequence[str]
    labels: Sequence[str]
    person: NDArray[np.int64]
    place: NDArray[np.int64]
    known: NDArray[np.bool_]


def single(facet: Facet, name: str, values: Sequence[str], place: NDArray[np.int64], labels: Sequence[str] = ()) -> Values:
    """Give a facet in which everybody has one value at most.

    Args:
        facet: as in ``Sign``.
        name: likewise.
        values: likewise.
        place: ``(P,) int64``, each one's place in ``values``; −1 for none.
        labels: as in ``Sign``; none by default.
    """
    known = place >= 0
    person = np.flatnonzero(known)
    return Values(facet, name, values, labels or [""] * len(values), person, place[person].astype(np.int64), known)


def traits(ground: Ground, names: Sequence[str]) -> Iterator[Values]:
    """Give each trait: its values, or bands of its numbers where there are many different ones."""
    for name in names:
        column = ground.trait(name)
        numbers = column.number().values
        found = numbers[np.isfinite(numbers)]
        text = column.text()
        if np.bincount(text.codes[text.codes >= 0]).max(initial=0) < SMALLEST and len(found) == 0:
            continue  # an address, an id: everybody has another one
        if len(found) == int((text.codes >= 0).sum()) and len(np.unique(found)) > MOST_NAMED_NUMBERS:
            yield bands(name, numbers)
        else:
            yield single("trait", name, text.texts.to_pylist(), text.codes.astype(np.int64))


def bands(name: str, numbers: NDArray[np.float64]) -> Values:
    """Give a number in bands that hold about as many of all people each; the upper bound belongs to the band.

    Args:
        name: the trait's.
        numbers: ``(P,) float64``; NaN for none.
    """
    known = np.isfinite(numbers)
    ranked = np.sort(numbers[known])
    # The smallest numbers that at least so large a part of all do not exceed, by whole numbers: a share such as 0.6 is inexact.
    last = -(-np.arange(BANDS + 1) * len(ranked) // BANDS) - 1
    edges = np.unique(ranked[np.maximum(last, 0)])
    place = np.where(known, np.searchsorted(edges[1:-1], numbers, side="left"), -1)
    values = [f"{low:g} – {high:g}" for low, high in itertools.pairwise(edges)]
    return single("trait", name, values, place.astype(np.int64))


def categories(ground: Ground) -> Values:
    """Give with which categories people had to do lately: values of the property ``category`` of what they did."""
    index = ground.snapshot.index
    person, events = _lately(ground)
    column = ground.snapshot.columns.text(CATEGORY, ground.snapshot.log)
    place = column.codes[index.row[events]].astype(np.int64)
    texts = column.texts.to_pylist()
    pairs = np.unique(person[place >= 0] * max(1, len(texts)) + place[place >= 0])
    person, place = np.divmod(pairs, max(1, len(texts)))
    known = np.zeros(index.people, dtype=np.bool_)
    known[person] = True
    return Values("category", "", texts, [""] * len(texts), person, place, known)


def times(ground: Ground) -> tuple[Values, Values]:
    """Give the hour of the day and the weekday in which each person did most lately, the earlier one where two have as much.

    Both are of the project's zone, also on days when its clocks change.
    """
    index = ground.snapshot.index
    person, events = _lately(ground)
    quarter = index.time_us[events] // _QUARTER_US
    found, where = np.unique(quarter, return_inverse=True)
    zone = ground.moment.zone.info
    local = [from_us(int(one) * _QUARTER_US).astimezone(zone) for one in found.tolist()]
    hour = np.array([one.hour for one in local], dtype=np.int64)[where]
    weekday = np.array([one.weekday() for one in local], dtype=np.int64)[where]
    hours = single("hour", "", [str(one) for one in range(24)], _most(person, hour, 24, index.people))
    days = [str(one) for one in range(7)]
    return hours, single("weekday", "", days, _most(person, weekday, 7, index.people), WEEKDAYS)


def _most(person: NDArray[np.int64], place: NDArray[np.int64], places: int, people: int) -> NDArray[np.int64]:
    counts = np.bincount(person * places + place, minlength=people * places).reshape(people, places)
    found: NDArray[np.int64] = np.where(counts.any(axis=1), counts.argmax(axis=1), -1)
    return found


def _lately(ground: Ground) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give whose each deed of the last days is, and its place among all events."""
    index, until_us = ground.snapshot.index, ground.moment.as_of_us
    deed = ~messages_among(index.event_names)[index.event] if len(index.event_names) else np.zeros(0, dtype=np.bool_)
    inside = deed & (index.time_us >= until_us - LATELY_DAYS * MICROSECONDS_PER_DAY) & (index.time_us < until_us)
    events = np.flatnonzero(inside)
    return np.searchsorted(index.offsets, events, side="right") - 1, events


def channels(evaluation: Evaluation) -> Values:
    """Give on which channels people can be reached; it is known of everybody."""
    reached = [evaluation.passing(Reachable(channel)).codes() for channel in CHANNELS]
    place = np.repeat(np.arange(len(CHANNELS)), [len(one) for one in reached])
    known = np.ones(evaluation.ground.people, dtype=np.bool_)
    return Values("channel", "", CHANNELS, [""] * len(CHANNELS), np.concatenate(reached), place, known)


def tiers(ground: Ground, scheme: str, names: Mapping[str, str]) -> Values:
    """Give the tiers of a scheme.

    Args:
        ground: the state.
        scheme: the scheme's name.
        names: of its tiers by key; English texts, marked for translation.
    """
    keys, codes = ground.tiers(scheme, ground.moment.as_of)
    return single("tier", scheme, keys, codes.astype(np.int64), [names[key] for key in keys])
