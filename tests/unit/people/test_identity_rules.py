"""The rule of identity, case by case; numbers follow from the own numbers given in ``OWN``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.twins.identity import Twin

from finegrain.people.identity import MAX_CLAIMANTS, NEVER, IdFacts, LinkFacts, Span, derive

OWN = {key: IdFacts(number, number * 10) for number, key in enumerate(["dev", "pad", "A", "B", "C"], start=1)}
LINKS = st.builds(
    LinkFacts,
    st.sampled_from(["identify", "alias", "signup", "bind", "unbind"]),
    st.sampled_from(sorted(OWN)),
    st.sampled_from(sorted(OWN)),
    st.tuples(st.integers(100, 110)),
    st.booleans(),
    st.booleans(),
    st.integers(50, 10**9),
)


def identify(device: str, login: str, at: int) -> LinkFacts:
    """Give a login on a device."""
    return LinkFacts("identify", device, login, (at,), from_login=False, to_login=True)


def owners(links: list[LinkFacts], key: str) -> list[tuple[int, int]]:
    """Give from when on an id is whose."""
    return [(span.from_us, span.person_id) for span in derive(OWN, links).spans[key]]


def test_a_visitor_who_signs_up_keeps_the_number() -> None:
    assert (owners([identify("dev", "A", 100)], "dev"), owners([identify("dev", "A", 100)], "A")) == ([(NEVER, 1)], [(NEVER, 1)])


def test_a_shared_device_has_one_owner_after_the_other() -> None:
    links = [identify("dev", "A", 100), identify("dev", "B", 200), identify("dev", "A", 300)]
    assert owners(links, "dev") == [(NEVER, 1), (200, 4), (300, 1)]
    assert owners(links, "B") == [(NEVER, 4)]


@pytest.mark.parametrize(("kind", "one"), [("alias", True), ("bind", True), ("identify", False), ("signup", False)])
def test_two_logins_are_one_only_on_purpose(kind: str, one: bool) -> None:
    link = LinkFacts(kind, "A", "B", (100,), from_login=True, to_login=True)  # type: ignore[arg-type]
    assert (owners([link], "A") == owners([link], "B")) is one


def test_an_unbound_id_begins_a_new_life() -> None:
    unbind = LinkFacts("unbind", "dev", "A", (200,), from_login=False, to_login=True, number=77)
    assert owners([identify("dev", "A", 100), unbind], "dev") == [(NEVER, 1), (200, 77)]
    spans = derive(OWN, [identify("dev", "A", 100), unbind, identify("dev", "B", 300)]).spans
    assert spans["dev"] == (Span(NEVER, 1, 1), Span(200, 4, 77))


def test_an_id_taken_off_whomever_leaves_its_owner() -> None:
    unbind = LinkFacts("unbind", "dev", "dev", (200,), from_login=False, to_login=False, number=77)
    assert owners([identify("dev", "A", 100), unbind], "dev") == [(NEVER, 1), (200, 77)]


def test_a_life_that_begins_as_several_log_in_has_one_first_owner() -> None:
    unbind = LinkFacts("unbind", "dev", "A", (200,), from_login=False, to_login=True, number=77)
    links = [identify("dev", "A", 100), unbind, identify("dev", "B", 200), identify("dev", "C", 200)]
    assert derive(OWN, links).spans["dev"] == (Span(NEVER, 1, 1), Span(200, 5, 77))


def test_who_logs_in_as_a_life_begins_owns_it_until_the_next_one_logs_in() -> None:
    unbind = LinkFacts("unbind", "dev", "A", (200,), from_login=False, to_login=True, number=77)
    links = [identify("dev", "A", 100), unbind, identify("dev", "B", 200), identify("dev", "C", 300)]
    assert owners(links, "dev") == [(NEVER, 1), (200, 4), (300, 5)]
    found = Twin({key: facts.own_id for key, facts in OWN.items()}, links)
    assert [found.person("dev", at) for at in (150, 250, 350)] == [1, 4, 5]


def test_a_circle_of_links_is_one_person() -> None:
    circle = [LinkFacts("alias", one, other, (100,), True, True) for one, other in ("AB", "BC", "CA")]  # noqa: FBT003
    assert {owners(circle, key)[0][1] for key in "ABC"} == {3}


def test_an_id_that_too_many_logins_claim_is_nobodys() -> None:
    ids = {"till": IdFacts(1, 0)} | {f"u{n}": IdFacts(n + 2, 0) for n in range(MAX_CLAIMANTS + 1)}
    links = [identify("till", f"u{n}", n) for n in range(MAX_CLAIMANTS + 1)]
    assert len(derive(ids, links[:-1]).spans["till"]) == MAX_CLAIMANTS
    result = derive(ids, links)
    assert result.spans["till"] == (Span(NEVER, 1, 1),)
    assert result.crowded == {"till"}


@given(links=st.lists(LINKS, max_size=8), data=st.data())
def test_the_order_of_links_does_not_matter(links: list[LinkFacts], data: st.DataObject) -> None:
    assert derive(OWN, links) == derive(OWN, data.draw(st.permutations(links)))


@given(links=st.lists(LINKS, max_size=8))
def test_every_id_has_one_owner_at_any_moment_and_every_person_an_id(links: list[LinkFacts]) -> None:
    result = derive(OWN, links)
    for spans in result.spans.values():
        moments = [span.from_us for span in spans]
        assert moments == sorted(set(moments))
        assert moments[0] == NEVER
    assert {span.person_id for spans in result.spans.values() for span in spans} == result.known_us.keys()
