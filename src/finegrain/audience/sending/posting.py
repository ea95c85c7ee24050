"""Posts pages to another server: to the network address that was judged, again after a while where that may help."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from finegrain.access.addresses import check_outbound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

WAITS_S = (1.0, 2.0, 4.0, 8.0)
"""How long it waits before it tries again; then it gives up."""
TIMEOUT_S = 30.0
_TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}


class Poster:
    """Posts to one address.

    Args:
        url: the address.
        allow_private: whether it may lie in our own network.
        sleep: waits so many seconds.

    Raises:
        ForbiddenAddressError: the address may not be called.
    """

    def __init__(self, url: str, *, allow_private: bool, sleep: Callable[[float], None]) -> None:
        self._url = url
        self._address = check_outbound(url, allow_private=allow_private)[0]
        self._sleep = sleep

    def post(self, body: bytes, headers: Callable[[], Mapping[str, str]]) -> str:
        """Post one body; give why it was not taken, empty where it was.

        Args:
            body: what is sent.
            headers: gives the headers of each try: its time is part of the signature.
        """
        import httpx

        # What a proxy of the environment resolves could be another address than the one that was judged.
        with httpx.Client(timeout=TIMEOUT_S, trust_env=False) as client:
            for wait_s in WAITS_S:
                reason, worth = self._try(client, body, headers())
                if not worth:
                    return reason
                self._sleep(wait_s)
            return self._try(client, body, headers())[0]

    def _try(self, client: httpx.Client, body: bytes, headers: Mapping[str, str]) -> tuple[str, bool]:
        """Post once; give why it was not taken, and whether another try may help."""
        import httpx

        parts = urlsplit(self._url)
        named = httpx.URL(self._url)
        try:
            answer = client.post(
                named.copy_with(host=self._address),
                content=body,
                headers={"host": parts.netloc, "content-type": "application/json", **headers},
                extensions={"sni_hostname": parts.hostname},
            )
        except httpx.HTTPError as error:
            return str(error) or type(error).__name__, True
        return ("" if answer.is_success else f"HTTP {answer.status_code}"), answer.status_code in _TRY_AGAIN
