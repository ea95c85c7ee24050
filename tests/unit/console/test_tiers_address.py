"""The address of the tiers page: what is shown comes back from the URL."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from finegrain.audience.tiers.contract import SCHEMES, SchemeName
from finegrain.console.pages.tiers.address import DEFAULT_OTHER, TiersAddress

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

WORDS = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)


@st.composite
def addresses(draw: DrawFn) -> TiersAddress:
    scheme: SchemeName = draw(st.sampled_from(SCHEMES))
    tier = draw(st.just("") | WORDS)
    return TiersAddress(
        scheme,
        as_of=draw(st.sampled_from(["", "2011-12-10"])),
        draft=draw(st.dictionaries(WORDS, st.sampled_from(["90", "0.5", "median"]))),
        by=draw(st.sampled_from([name for name in SCHEMES if name != scheme])),
        tier=tier,
        cell=draw(st.just("") | WORDS) if tier else "",
    )


@given(addresses())
def test_an_address_comes_back_from_its_url(address: TiersAddress) -> None:
    query = dict(parse_qsl(urlsplit(address.url()).query))
    assert TiersAddress.parse(address.scheme, query) == address


def test_an_address_reads_as_documented() -> None:
    address = TiersAddress.parse("rfm", {"as_of": "2011-12-10", "tier": "important_value"})
    assert address.url() == "/tiers/rfm?as_of=2011-12-10&tier=important_value"


def test_a_scheme_is_never_crossed_with_itself() -> None:
    assert TiersAddress.parse("activity", {"by": "activity"}).by == DEFAULT_OTHER["activity"] != "activity"
    assert all(scheme != other for scheme, other in DEFAULT_OTHER.items())


def test_a_cell_without_its_tier_means_nothing() -> None:
    assert TiersAddress.parse("rfm", {"cell": "silent"}).cell == ""


def test_another_scheme_keeps_the_moment_and_drops_what_was_tried_out() -> None:
    tried = TiersAddress("activity", as_of="2011-12-10", draft={"silent_days": "60"}, by="rfm", tier="silent")
    assert tried.at_scheme("rfm").url() == "/tiers/rfm?as_of=2011-12-10"


def test_files_are_made_of_what_is_shown() -> None:
    shown = TiersAddress("activity", draft={"silent_days": "60"}, by="value", tier="silent", cell="high")
    assert shown.table_url() == "/tiers/activity.csv?set.silent_days=60"
    assert shown.people_url() == "/tiers/activity/people.csv?set.silent_days=60&tier=silent&cell=high"
