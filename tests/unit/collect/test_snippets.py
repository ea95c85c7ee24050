"""Set-up snippets: whole for every SDK, and nothing but an address goes into them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from finegrain.cli import sources as cli_sources
from finegrain.collect.sources.contract import FORMATS
from finegrain.collect.sources.errors import BadOriginError
from finegrain.collect.sources.snippets import PLACEHOLDER, SDKS, snippet
from finegrain.i18n import speaking

if TYPE_CHECKING:
    from finegrain.collect.sources.snippets import Sdk
    from finegrain.collect.wire.contract import WireFormat


@pytest.mark.parametrize(("format_", "sdk"), list(itertools.product(FORMATS, SDKS)))
def test_every_sdk_gets_the_address_and_the_key(format_: WireFormat, sdk: Sdk) -> None:
    found = snippet(format_, sdk, url="https://collect.shop.example:8443/", key="fg_abc")
    assert "<<" not in found.code
    assert "fg_abc" in found.code
    assert "collect.shop.example:8443" in found.code
    assert "8443//" not in found.code


def test_a_key_that_is_not_known_has_a_placeholder() -> None:
    assert PLACEHOLDER in snippet("segment", "curl", url="http://127.0.0.1:8000").code


def test_the_web_snippet_keeps_the_scheme_of_the_server() -> None:
    code = {scheme: snippet("segment", "web", url=f"{scheme}://shop.example").code for scheme in ("http", "https")}
    assert all(f'protocol: "{scheme}"' in text for scheme, text in code.items())


@pytest.mark.parametrize("url", ["shop.example", "http://shop.example/x", 'http://a"b', "javascript:alert(1)", "http://a b", ""])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(BadOriginError):
        snippet("segment", "python", url=url)


def test_the_note_is_in_the_readers_language() -> None:
    with speaking("zh_CN"):
        note = snippet("segment", "python", url="http://127.0.0.1").to_dict()["note"]
    assert "程序" in note


def test_the_command_line_knows_every_sdk_and_format() -> None:
    assert (cli_sources.SDKS, cli_sources.FORMATS) == (SDKS, FORMATS)
