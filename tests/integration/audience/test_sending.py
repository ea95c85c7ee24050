"""Segments sent to a real server over a real socket: signed pages, tried again, refused; and lists kept by ids."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.audience.deeds import happen, names
from tests.servers.receiver import Receiver, receiving

import finegrain as fg
from finegrain.access.acting import NOBODY, acting_as
from finegrain.access.errors import ForbiddenAddressError, NotAllowedError
from finegrain.audience.sending.errors import NoSendingSecretError, SendFailedError
from finegrain.audience.sending.posting import WAITS_S
from finegrain.audience.sending.service import PAGE_PEOPLE
from finegrain.behaviour.errors import UnknownSegmentError
from finegrain.people.contract import TraitChange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.clock import SettableClock
    from finegrain.workspace import Workspace

MAY = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path, clock: SettableClock) -> Iterator[Workspace]:
    """A shop that may send into its own network, and does not wait; anna has a city, bert has none."""
    with fg.open(tmp_path / "shop", clock=clock, zone="UTC", as_of="now", webhook_private=True) as workspace:
        workspace.waits = []  # type: ignore[attr-defined] # what the tests look at
        workspace.sending._sleep = workspace.waits.append  # type: ignore[attr-defined]
        for who in ("anna", "bert"):
            happen(workspace, who, "Product Viewed", MAY)
        workspace.people.set_traits([TraitChange("anna", {"city": "Ulm", "age": 30}, MAY)])
        workspace.segments.save_rule("viewers", fg.rule.did("Product Viewed"))
        yield workspace


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server that takes everything."""
    with receiving() as found:
        yield found


def sent(receiver: Receiver) -> list[dict[str, Any]]:
    """Give the pages that came in."""
    return [json.loads(body) for body in receiver.bodies]


def test_a_page_holds_people_with_the_traits_that_were_chosen(shop: Workspace, receiver: Receiver) -> None:
    shop.sending.new_secret()
    done = shop.sending.send("viewers", receiver.url, traits=("city",))
    [page] = sent(receiver)
    assert done.to_dict() == {"segment": "viewers", "as_of": page["as_of"], "people": 2, "pages": 1}
    assert [(one["id"], one["distinct_ids"], one["traits"]) for one in page["people"]] == [
        ("anna", ["anna"], {"city": "Ulm"}),
        ("bert", ["bert"], {}),
    ]
    assert (page["segment"], page["page"], page["pages"], page["total"]) == ("viewers", 1, 1, 2)


def test_a_page_is_signed_so_that_its_reader_can_check_it(shop: Workspace, receiver: Receiver, clock: SettableClock) -> None:
    secret = shop.sending.new_secret()
    shop.sending.send("viewers", receiver.url)
    [headers], [body] = receiver.headers, receiver.bodies
    # By the letter of Standard Webhooks 1.0, worked out here once more.
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(clock.now().timestamp()))
    assert headers["host"] == receiver.url.split("/")[2]


def test_many_people_come_in_pages_with_ids_of_their_own(shop: Workspace, receiver: Receiver) -> None:
    shop.sending.new_secret()
    shop.people.register([f"p{number}" for number in range(PAGE_PEOPLE)], MAY)
    shop.segments.save_rule("all", {"all": []})
    for _time in range(2):
        assert shop.sending.send("all", receiver.url).pages == 2
    ids = [one["id"] for page in sent(receiver)[:2] for one in page["people"]]
    assert (len(ids), len(set(ids))) == (PAGE_PEOPLE + 2, PAGE_PEOPLE + 2)
    messages = [headers["webhook-id"] for headers in receiver.headers]
    assert messages[:2] == messages[2:]
    assert len(set(messages)) == 2


def test_a_server_that_is_busy_is_tried_again(shop: Workspace, receiver: Receiver) -> None:
    shop.sending.new_secret()
    receiver.statuses = [503, 429]
    shop.sending.send("viewers", receiver.url)
    assert (len(receiver.bodies), shop.waits) == (3, list(WAITS_S[:2]))  # type: ignore[attr-defined]
    assert len({headers["webhook-id"] for headers in receiver.headers}) == 1


def test_a_server_that_goes_on_refusing_is_given_up(shop: Workspace, receiver: Receiver) -> None:
    shop.sending.new_secret()
    receiver.statuses = [500] * 9
    with pytest.raises(SendFailedError, match="page 1 of 1: HTTP 500"):
        shop.sending.send("viewers", receiver.url)
    assert len(receiver.bodies) == len(WAITS_S) + 1


@pytest.mark.parametrize("status", [302, 404])
def test_a_server_that_says_no_is_not_tried_again(shop: Workspace, receiver: Receiver, status: int) -> None:
    shop.sending.new_secret()
    receiver.statuses = [status]
    with pytest.raises(SendFailedError, match=str(status)):
        shop.sending.send("viewers", receiver.url)
    assert len(receiver.bodies) == 1


def test_a_server_that_is_not_there_is_told(shop: Workspace) -> None:
    shop.sending.new_secret()
    with receiving() as gone:
        url = gone.url
    with pytest.raises(SendFailedError, match=r"127\.0\.0\.1"):
        shop.sending.send("viewers", url)


def test_the_own_network_is_not_called_unless_a_setting_says_so(tmp_path: Path, receiver: Receiver) -> None:
    with fg.open(tmp_path / "careful") as careful:
        careful.sending.new_secret()
        with pytest.raises(ForbiddenAddressError, match="inside this network"):
            careful.sending.send("viewers", receiver.url)
    assert receiver.bodies == []


def test_what_is_missing_is_told_before_anything_is_sent(shop: Workspace, receiver: Receiver) -> None:
    with pytest.raises(NoSendingSecretError, match="finegrain segments secret"):
        shop.sending.send("viewers", receiver.url)
    with pytest.raises(UnknownSegmentError):
        shop.sending.send("nothing", receiver.url)
    for act in (shop.sending.new_secret, lambda: shop.sending.send("viewers", receiver.url)):
        with acting_as(NOBODY), pytest.raises(NotAllowedError):
            act()
    assert receiver.bodies == []


def test_nobody_at_all_is_one_empty_page(shop: Workspace, receiver: Receiver) -> None:
    shop.sending.new_secret()
    shop.sending.send("viewers", receiver.url, as_of=MAY - timedelta(days=1))
    assert [page["people"] for page in sent(receiver)] == [[]]


def test_a_list_is_kept_by_ids_and_unknown_ones_are_told(shop: Workspace) -> None:
    segment, unknown = shop.segments.save_ids("staff", ["bert", "nobody", "bert", "else", "nobody"], origin={"file": "a.csv"})
    assert (segment.size, segment.origin, unknown) == (1, {"file": "a.csv"}, ("nobody", "else"))
    assert names(shop, shop.segments.members("staff")) == ["bert"]
    assert shop.segments.save_ids("empty", [])[1] == ()
