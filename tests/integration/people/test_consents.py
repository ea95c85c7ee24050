"""What people agreed to and refused: the last word counts, every word stays, and follows whom its person becomes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from finegrain.access.acting import NOBODY, acting_as
from finegrain.access.errors import NotAllowedError
from finegrain.people.consents import ConsentService
from finegrain.people.contract import Link
from finegrain.people.errors import BadConsentError, UnknownPersonError
from finegrain.people.service import PeopleService

if TYPE_CHECKING:
    from finegrain.clock import SettableClock
    from finegrain.store.ops import OpsStore

MAY = datetime(2024, 5, 1, tzinfo=UTC)
ALWAYS = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def people(ops: OpsStore) -> PeopleService:
    return PeopleService(ops)


@pytest.fixture
def consents(ops: OpsStore, clock: SettableClock) -> ConsentService:
    return ConsentService(ops, clock)


def said(consents: ConsentService, before: datetime = ALWAYS) -> dict[int, float]:
    """Give what everybody said of marketing by e-mail."""
    found = consents.consents("email", "marketing", before)
    assert found.texts.to_pylist() == ["true" if number else "false" for number in found.numbers]
    return dict(zip(found.person_ids.tolist(), found.numbers.tolist(), strict=True))


def test_the_last_word_before_a_moment_counts(people: PeopleService, consents: ConsentService) -> None:
    anna, bert = map(int, people.register(["anna", "bert"], MAY))
    consents.say(anna, "email", granted=True, source="form", since=MAY, proof="I agree (v3)")
    consents.say(anna, "email", granted=False, source="link", since=MAY + timedelta(days=9))
    consents.say(anna, "email", granted=True, source="form", purpose="service")
    consents.say(bert, "email", granted=True, source="form")
    assert said(consents) == {anna: 0, bert: 1}
    assert said(consents, MAY + timedelta(days=9)) == {anna: 1}
    assert said(consents, MAY) == {}
    assert [(one.granted, one.proof) for one in consents.history(anna)] == [(True, "I agree (v3)"), (False, ""), (True, "")]


def test_what_was_said_follows_a_person_into_another(people: PeopleService, consents: ConsentService) -> None:
    (device,) = people.register(["device"], MAY)
    consents.say(int(device), "email", granted=True, source="app")
    people.link([Link("identify", "device", "anna", MAY, to_login=True)])
    anna = people.find("anna").id
    assert said(consents) == {anna: 1}
    assert [one.source for one in consents.history(anna)] == ["app"]


@pytest.mark.parametrize("wrong", [{"channel": ""}, {"purpose": "x" * 51}, {"source": "a\nb"}, {"proof": "x" * 2001}])
def test_what_cannot_be_kept_is_refused(people: PeopleService, consents: ConsentService, wrong: dict[str, str]) -> None:
    (anna,) = map(int, people.register(["anna"], MAY))
    fields = {"channel": "email", "source": "form", **wrong}
    with pytest.raises(BadConsentError, match=next(iter(wrong))):
        consents.say(anna, fields.pop("channel"), granted=True, **fields)  # type: ignore[arg-type]
    assert said(consents) == {}


def test_only_who_may_change_people_says_something_and_only_of_somebody(consents: ConsentService) -> None:
    with pytest.raises(UnknownPersonError):
        consents.say(999, "email", granted=True, source="form")
    with acting_as(NOBODY), pytest.raises(NotAllowedError):
        consents.say(1, "email", granted=True, source="form")


def test_addresses_are_traits_known_for_a_channel_or_named_like_it(consents: ConsentService) -> None:
    assert "phone" in consents.addresses("sms")
    assert consents.addresses("telegram") == ("telegram",)
