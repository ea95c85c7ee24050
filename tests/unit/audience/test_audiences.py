"""Whom a query's audience names, and what is said of one that names nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from finegrain.audience.audiences import Audiences
from finegrain.behaviour.errors import BadQueryError, UnknownSegmentError
from finegrain.behaviour.queries.contract import Audience

if TYPE_CHECKING:
    from finegrain.audience.segments.service import SegmentService
    from finegrain.audience.tiers.service import TierService
    from finegrain.people.service import PeopleService

AS_OF = datetime(2024, 5, 1, tzinfo=UTC)


class Tiers:
    """Tiers in a dict."""

    def compute(self, scheme: str, as_of: datetime) -> Any:
        """Give the people of each tier."""
        assert as_of == AS_OF
        return SimpleNamespace(people=lambda key: np.array({"rfm/loyal": [3, 7]}[f"{scheme}/{key}"]))


class People:
    """People in a dict; b and B are one."""

    def find(self, distinct_id: str) -> Any:
        """Give the person of an id."""
        return SimpleNamespace(id={"a": 9, "b": 4, "B": 4}[distinct_id])


class Segments:
    """Segments in a dict."""

    def members(self, name: str, as_of: datetime) -> Any:
        """Give the people of a segment."""
        assert as_of == AS_OF
        if name != "regulars":
            raise UnknownSegmentError(name=name)
        return np.array([2, 5])


@pytest.fixture
def audiences() -> Audiences:
    return Audiences(cast("PeopleService", People()), cast("TierService", Tiers()), cast("SegmentService", Segments()))


def test_a_tier_is_named_by_scheme_and_key(audiences: Audiences) -> None:
    assert audiences.people_in(Audience(tier="rfm/loyal"), AS_OF).tolist() == [3, 7]


def test_a_segment_is_named_by_its_name(audiences: Audiences) -> None:
    assert audiences.people_in(Audience(segment="regulars"), AS_OF).tolist() == [2, 5]


def test_people_are_named_by_any_of_their_ids(audiences: Audiences) -> None:
    assert audiences.people_in(Audience(people=("a", "b", "B")), AS_OF).tolist() == [4, 9]


@pytest.mark.parametrize(
    ("audience", "field"),
    [
        (Audience(), "audience"),
        (Audience(tier="rfm/loyal", people=("a",)), "audience"),
        (Audience(tier="loyal"), "audience.tier"),
    ],
)
def test_an_audience_that_names_nobody_or_in_two_ways_is_refused(audiences: Audiences, audience: Audience, field: str) -> None:
    with pytest.raises(BadQueryError) as caught:
        audiences.people_in(audience, AS_OF)
    assert caught.value.facts["field"] == field


def test_a_segment_that_is_not_there_is_told(audiences: Audiences) -> None:
    with pytest.raises(UnknownSegmentError, match="no segment named “vip”"):
        audiences.people_in(Audience(segment="vip"), AS_OF)
