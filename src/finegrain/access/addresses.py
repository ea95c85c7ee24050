"""Which addresses may be gone to: local paths after a login, and other servers that are not inside our own network."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from finegrain.access.errors import ForbiddenAddressError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address
    Resolve = Callable[[str, int], Sequence[str]]

HOME = "/"
_LONGEST_PATH = 2_000


def local_path(wanted: str | None) -> str:
    """Give ``wanted`` where it is a path on this server, else ``/``: a login must not send anybody elsewhere.

    Examples:
        >>> local_path("/people?page=2"), local_path("//evil.example"), local_path("https://evil.example"), local_path(None)
        ('/people?page=2', '/', '/', '/')
    """
    text = wanted or ""
    odd = not text.isprintable() or "\\" in text or len(text) > _LONGEST_PATH
    if odd or not text.startswith("/") or text.startswith("//"):
        return HOME
    parts = urlsplit(text)
    return HOME if parts.scheme or parts.netloc else text


def resolve(host: str, port: int) -> list[str]:
    """Give all addresses of a host.

    Raises:
        OSError: it has none.
    """
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def check_outbound(url: str, *, allow_private: bool = False, resolver: Resolve = resolve) -> tuple[str, ...]:
    """Say to which network addresses a request to ``url`` may connect; connect to these, not to the name again.

    A name is resolved before it is judged, for a public name may point inside; every address of it must be public.

    Args:
        url: ``http`` or ``https``, without user and password.
        allow_private: whether our own network may be called, as for a test.
        resolver: host and port → addresses.

    Raises:
        ForbiddenAddressError: the address may not be called, and why.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise ForbiddenAddressError(url=url, reason=Phrase("it is no address")) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ForbiddenAddressError(url=url, reason=Phrase("only http and https without a user name are called"))
    try:
        found = tuple(resolver(parts.hostname, port))
    except (OSError, UnicodeError) as error:
        raise ForbiddenAddressError(url=url, reason=Phrase("its host has no address")) from error
    inside = [address for address in found if not _is_public(address)]
    if not found or (inside and not allow_private):
        raise ForbiddenAddressError(url=url, reason=Phrase("it lies inside this network: {address}", address=", ".join(inside)))
    return found


def _is_public(text: str) -> bool:
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    inner = _embedded(address)
    return address.is_global and not address.is_multicast and (inner is None or _is_public(str(inner)))


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    # IPv6 can carry an IPv4 address: mapped (RFC 4291), 6to4 (RFC 3056), and behind NAT64's prefix (RFC 6052).
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
