"""Which addresses may be gone to, and which not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.access.addresses import check_outbound, local_path
from finegrain.access.errors import ForbiddenAddressError

INSIDE = (
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::"),
)


@pytest.mark.parametrize("path", ["/", "/people?page=2", "/tiers/rfm#x", "/a//b"])
def test_path_of_this_server_stays(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "",
        "people",
        "/a\r\nSet-Cookie: x",
        "/" * 2 + "x",
    ],
)
def test_everything_else_leads_home(path: str) -> None:
    assert local_path(path) == "/"


@given(st.text(max_size=50))
def test_local_path_always_begins_with_one_slash(text: str) -> None:
    found = local_path(text)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))


@pytest.mark.parametrize("address", INSIDE)
def test_name_that_points_inside_is_refused(address: str) -> None:
    with pytest.raises(ForbiddenAddressError, match="inside this network"):
        check_outbound("https://hook.example/x", resolver=lambda _host, _port: ["93.184.216.34", address])
    assert check_outbound("https://hook.example", allow_private=True, resolver=lambda _host, _port: [address]) == (address,)


def test_public_address_is_allowed_and_told() -> None:
    found = check_outbound(
        "https://hook.example:8443/x?y", resolver=lambda host, port: ["93.184.216.34"] if port == 8443 else [host]
    )
    assert found == ("93.184.216.34",)


@pytest.mark.parametrize(
    "url", ["ftp://x.example", "file:///etc/passwd", "https://", "https://me:pw@x.example", "https://x:99999", "x", "http://[::1"]
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        check_outbound(url, resolver=lambda _host, _port: ["93.184.216.34"])


def test_host_without_address_is_refused() -> None:
    def none(_host: str, _port: int) -> list[str]:
        raise OSError

    with pytest.raises(ForbiddenAddressError, match="no address"):
        check_outbound("https://nowhere.example", resolver=none)
