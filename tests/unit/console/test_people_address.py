"""The address of the list of people: what is shown comes back from the URL."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.audience.directory import SORT_KEYS
from finegrain.audience.tiers.contract import SCHEMES, Explanation
from finegrain.console.pages.people.address import PeopleAddress, person_url
from finegrain.console.pages.people.figures import _tier_url

KEYS = st.sampled_from(["high", "silent", "important_value"])
TEXTS = st.text(st.characters(blacklist_categories=["Cs"]))
ADDRESSES = st.builds(
    PeopleAddress,
    text=TEXTS,
    tiers=st.dictionaries(st.sampled_from([*SCHEMES, "mine", "page", "tier_q"]), KEYS),
    sort=st.sampled_from(SORT_KEYS),
    descending=st.booleans(),
    page=st.integers(1, 10**6),
    as_of=st.sampled_from(["", "2011-12-10", "now"]),
)


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


@given(ADDRESSES)
def test_an_address_comes_back_from_its_url(address: PeopleAddress) -> None:
    assert PeopleAddress.parse(query_of(address.url())) == address


def test_the_plain_list_has_a_plain_address() -> None:
    assert PeopleAddress().url() == "/people"


def test_an_address_reads_as_documented() -> None:
    address = PeopleAddress.parse(query_of("/people?q=li&activity=silent&value=high&page=2"))
    assert (address.text, address.tiers, address.page) == ("li", {"activity": "silent", "value": "high"}, 2)


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "1e9", "99999999999999999999", "²"])
def test_a_page_that_makes_no_sense_is_the_first(page: str) -> None:
    assert PeopleAddress.parse({"page": page}).page == 1


def test_a_change_goes_back_to_the_first_page() -> None:
    assert PeopleAddress(page=7).but(text="li").page == 1
    assert PeopleAddress(text="li").but(page=3) == PeopleAddress(text="li", page=3)


def test_the_file_holds_the_whole_list_whatever_the_page() -> None:
    assert PeopleAddress(text="li", page=4).export_url() == "/people.csv?q=li"


def test_a_person_is_shown_at_the_moment_of_the_list() -> None:
    assert (person_url(7), person_url(7, "2011-12-10")) == ("/people/7", "/people/7?as_of=2011-12-10")


@pytest.mark.parametrize("scheme", [*SCHEMES, "care"])
def test_a_persons_tier_leads_to_that_tier_of_its_scheme(scheme: str) -> None:
    told = Explanation(scheme, 7, "vip", "VIP", (), None, None, None, "")
    assert urlsplit(_tier_url(told, "2024-06-01")).path == f"/tiers/{scheme}"
    assert query_of(_tier_url(told, "2024-06-01")).items() >= {"tier": "vip", "as_of": "2024-06-01"}.items()
