"""Portraits: shares of values among some people and all, against counting person by person; masked, told in sentences."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.integration.audience.deeds import happen, person

import finegrain as fg
from finegrain.audience.portraits.facets import bands
from finegrain.audience.rules.errors import BadRuleError
from finegrain.behaviour.errors import UnknownSegmentError
from finegrain.i18n import speaking
from finegrain.people.contract import TraitChange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finegrain.audience.portraits.contract import PortraitResult, Sign
    from finegrain.workspace import Workspace

AS_OF = datetime(2024, 4, 1, tzinfo=UTC)
PEOPLE = 40


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A shop in Berlin of forty people: every second one from Ulm; those buy, in the evening, around the change of clocks."""
    with fg.open(tmp_path_factory.mktemp("portraits"), zone="Europe/Berlin", as_of="now") as workspace:
        for number in range(PEOPLE):
            who, local = f"u{number}", number % 2 == 0
            traits = {"city": "Ulm" if local else "Bonn", "score": number, "level": number % 3, "note": f"only {number}"}
            traits |= {"email": f"{who}@example.org"} if number % 4 == 0 else {}
            workspace.people.set_traits([TraitChange(who, traits, AS_OF - timedelta(days=100))])
            hour = datetime(2024, 3, 31, 19, 30, tzinfo=UTC) if local else datetime(2024, 3, 30, 8, 10, tzinfo=UTC)
            happen(workspace, who, "Product Viewed", hour, hour, category="tea" if number % 5 else "pots")
            if local:
                happen(workspace, who, "Order Completed", hour)
        workspace.segments.save_rule("locals", {"trait": "city", "value": "Ulm"})
        workspace.segments.save_rule("everybody", {"all": []})
        workspace.segments.save("nobody", [])
        yield workspace


@pytest.fixture(scope="module")
def portrait(shop: Workspace) -> PortraitResult:
    """The portrait of those from Ulm."""
    return shop.portraits.of("locals", AS_OF)


def one(portrait: PortraitResult, facet: str, value: str, name: str = "") -> Sign:
    """Give the sign of one value."""
    [found] = [sign for sign in portrait.of(facet, name) if sign.value == value]  # type: ignore[arg-type] # parametrized
    return found


def test_shares_are_those_counted_person_by_person(portrait: PortraitResult) -> None:
    levels = {number: str(number % 3) for number in range(PEOPLE)}
    here = Counter(levels[number] for number in range(0, PEOPLE, 2))
    everybody = Counter(levels.values())
    for value in everybody:
        sign = one(portrait, "trait", value, "level")
        assert (sign.people, sign.of_people, sign.all_people, sign.of_all) == (here[value], 20, everybody[value], PEOPLE)
        assert sign.index == pytest.approx(100 * (here[value] / 20) / (everybody[value] / PEOPLE))


def test_what_tells_most_comes_first(portrait: PortraitResult) -> None:
    assert [sign.telling for sign in portrait.signs] == sorted((sign.telling for sign in portrait.signs), reverse=True)
    city = one(portrait, "trait", "Ulm", "city")
    assert (city.share, city.share_of_all, city.index, city.lift) == (1.0, 0.5, 200.0, None)
    assert one(portrait, "trait", "Bonn", "city").lift == 0
    # Newcombe's method 10 for 20 of 20 and 0 of 20: Wilson's ends are 0.8389 and 0.1611, so 1 − √(2 × 0.1611²).
    assert city.low == pytest.approx(1 - np.sqrt(2) * 0.1611, abs=1e-4)


def test_numbers_are_told_in_bands(portrait: PortraitResult) -> None:
    found = portrait.of("trait", "score")
    assert {sign.value for sign in found} == {"0 – 7", "7 – 15", "15 – 23", "23 – 31", "31 – 39"}
    assert sum(sign.all_people for sign in found) == PEOPLE
    assert sum(sign.people for sign in found) == 20


def test_bands_of_what_hardly_differs_are_fewer() -> None:
    found = bands("score", np.array([1.0, 1.0, 1.0, 1.0, 2.0, np.nan]))
    assert (found.values, found.place.tolist(), found.known.tolist()) == (["1 – 2"], [0, 0, 0, 0, 0], [True] * 5 + [False])


def test_times_are_those_of_the_zone(portrait: PortraitResult) -> None:
    evening = datetime(2024, 3, 31, 19, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))
    assert (evening.hour, evening.weekday()) == (21, 6)  # summer time began that morning
    assert one(portrait, "hour", "21").people == one(portrait, "weekday", "6").people == 20
    assert one(portrait, "hour", "9").people == 0


def test_categories_channels_and_tiers_are_told(portrait: PortraitResult) -> None:
    assert (one(portrait, "category", "tea").people, one(portrait, "category", "pots").all_people) == (16, 8)
    assert (one(portrait, "channel", "email").people, one(portrait, "channel", "email").all_people) == (10, 10)
    assert one(portrait, "tier", "first", "frequency").people == 20


def test_values_of_few_are_left_out(portrait: PortraitResult) -> None:
    assert portrait.of("trait", "note") == ()
    assert min(sign.all_people for sign in portrait.signs) >= portrait.smallest == 5


def test_a_tier_and_a_rule_have_portraits_too(shop: Workspace, portrait: PortraitResult) -> None:
    assert shop.portraits.of("frequency/first", AS_OF).people == 20
    by_rule = shop.portraits.of(fg.rule.trait("city").is_("Ulm"), AS_OF)
    assert (by_rule.signs, by_rule.what) == (portrait.signs, {"rule": 1, "trait": "city", "value": "Ulm"})
    assert shop.portraits.of({"all": []}).total == PEOPLE


def test_nobody_and_everybody_are_told_from_nobody(shop: Workspace) -> None:
    for name in ("nobody", "everybody"):
        found = shop.portraits.of(name, AS_OF)
        assert (found.signs, found.report()) == ((), ("Nothing that is known tells these people from others.",))


def test_an_empty_workspace_has_portraits(empty: Workspace) -> None:
    assert empty.portraits.of({"all": []}).signs == ()


def test_what_is_not_there_has_none(shop: Workspace) -> None:
    with pytest.raises(UnknownSegmentError):
        shop.portraits.of("nothing")
    with pytest.raises(BadRuleError):
        shop.portraits.of("rfm/nothing")


def test_it_is_told_in_sentences(portrait: PortraitResult) -> None:
    assert "city Ulm: 100.0% of these people, 50.0% of all (index 200)." in portrait.report()
    assert "hour of the day 21:00: 100.0% of these people, 50.0% of all (index 200)." in [
        sign.sentence() for sign in portrait.signs
    ]
    with speaking("zh_CN"):
        assert one(portrait, "weekday", "6").shown_value() == "星期日"
    assert portrait.to_dict()["signs"][0]["telling"] == portrait.signs[0].telling


def test_personal_traits_are_masked(shop: Workspace, portrait: PortraitResult) -> None:
    masked = portrait.masked(lambda name, value: f"{name}?" if name == "city" else value)
    assert {sign.value for sign in masked.of("trait", "city")} == {"city?"}
    assert masked.of("hour") == portrait.of("hour")
    assert person(shop, "u0") > 0
