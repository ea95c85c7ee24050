"""Places by person id: laid out, packed and followed to the people of today, against doing it person by person."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from finegrain.audience.history.places import Followed, packed, placed, relabelled, unpacked

people_and_places = st.dictionaries(st.integers(1, 12), st.integers(0, 3), max_size=8)


def naive(given_places: dict[int, int]) -> list[int]:
    """Lay places out one by one, as long as the last person who is somewhere."""
    somewhere = [person for person, place in given_places.items() if place]
    return [given_places.get(person, 0) for person in range(max(somewhere, default=-1) + 1)]


@given(drawn=people_and_places)
def test_places_lie_by_id_and_survive_packing(drawn: dict[int, int]) -> None:
    people = np.array(sorted(drawn), dtype=np.int64)
    found = placed(people, np.array([drawn[person] for person in people.tolist()], dtype=np.uint8))
    assert found.tolist() == naive(drawn)
    assert unpacked(packed(found)).tolist() == found.tolist()


@given(drawn=people_and_places, alive=st.sets(st.integers(1, 10)), owners=st.dictionaries(st.integers(1, 12), st.integers(0, 10)))
def test_people_are_followed_to_whom_they_are_now(drawn: dict[int, int], alive: set[int], owners: dict[int, int]) -> None:
    def owner(number: int) -> int:
        return owners.get(number, 0) if owners.get(number, 0) in alive else 0

    followed = Followed(
        np.array(sorted(alive), dtype=np.int64),
        lambda numbers: np.array([owner(one) for one in numbers.tolist()], dtype=np.int64),
    )
    expected = dict.fromkeys(range(max(alive, default=-1) + 1), 0)
    for number, place in drawn.items():  # the greatest place of those who were merged
        if place and number not in alive and owner(number):
            expected[owner(number)] = max(expected[owner(number)], place)
    expected |= {number: place for number, place in drawn.items() if place and number in alive}  # but the own one goes first
    assert followed.places(np.array(naive(drawn), dtype=np.uint8)).tolist() == list(expected.values())


def test_places_are_told_among_other_keys() -> None:
    places = np.array([0, 1, 2], dtype=np.uint8)
    assert relabelled(places, ("a", "b"), ("a", "b", "c")) is places
    assert relabelled(places, ("a", "b"), ("c", "b", "a")).tolist() == [0, 3, 2]
