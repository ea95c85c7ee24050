"""Sources: their keys are shown once, kept as hashes, and good only while they should be."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import finegrain as fg
from finegrain.collect.sources.errors import BadOriginError, SourceExistsError, UnknownSourceError
from finegrain.errors import BadValueError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.clock import SettableClock
    from finegrain.collect.sources.service import SourceService


@pytest.fixture
def sources(tmp_path: Path, clock: SettableClock, ops_url: str) -> Iterator[SourceService]:
    """The sources of a new workspace, on each engine of the ops store."""
    with fg.open(tmp_path / "shop", clock=clock, ops_url=ops_url) as workspace:
        yield workspace.sources


def test_a_key_is_good_for_its_own_format_only(sources: SourceService) -> None:
    made = sources.add("web", "segment")
    assert sources.authenticate(made.key, "segment") == made.source
    assert [sources.authenticate(made.key, "posthog"), sources.authenticate(made.key + "x", "segment")] == [None, None]
    assert [sources.authenticate(key, "segment") for key in (None, "", "\ud800", "密钥")] == [None] * 4


def test_the_key_itself_is_nowhere_in_the_folder(tmp_path: Path, clock: SettableClock) -> None:
    with fg.open(tmp_path / "shop", clock=clock) as workspace:
        key = workspace.sources.add("web", "segment").key
    files = [path for path in (tmp_path / "shop").rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if key.encode() in path.read_bytes()] == []


def test_keys_are_never_alike(sources: SourceService) -> None:
    made = [sources.add(f"source {number}", "segment") for number in range(20)]
    assert len({each.key for each in made}) == 20
    assert [sources.authenticate(each.key, "segment") for each in made] == [each.source for each in made]


def test_a_new_key_voids_the_old_one_at_once(sources: SourceService) -> None:
    old = sources.add("web", "segment").key
    new = sources.rotate("web").key
    assert sources.authenticate(old, "segment") is None
    assert sources.authenticate(new, "segment") is not None


def test_an_old_key_that_is_kept_is_good_until_its_hour(sources: SourceService, clock: SettableClock) -> None:
    old = sources.add("web", "segment").key
    sources.rotate("web", keep_old=timedelta(hours=2))
    clock.advance(seconds=2 * 3600 - 1)
    assert sources.authenticate(old, "segment") is not None
    clock.advance(seconds=1)
    assert sources.authenticate(old, "segment") is None


def test_a_disabled_source_has_no_good_key_until_it_is_enabled(sources: SourceService) -> None:
    key = sources.add("web", "segment").key
    sources.set_enabled("web", enabled=False)
    assert sources.authenticate(key, "segment") is None
    assert not sources.allows_origin("https://shop.example", "segment")
    sources.set_enabled("web", enabled=True)
    assert sources.authenticate(key, "segment") is not None


def test_origins_are_compared_without_case_and_last_slash(sources: SourceService) -> None:
    sources.add("web", "segment", allowed_origins=["https://Shop.example/", "http://localhost:3000"])
    source = sources.get("web")
    assert source.allowed_origins == ("https://shop.example", "http://localhost:3000")
    allowed = {origin: source.allows(origin) for origin in ("https://shop.example", "https://evil.example", "null", None)}
    assert allowed == {"https://shop.example": True, "https://evil.example": False, "null": False, None: True}
    assert sources.allows_origin("https://shop.example", "segment")
    assert not sources.allows_origin("https://shop.example", "posthog")


@pytest.mark.parametrize("origin", ["shop.example", "https://shop.example/path", "https://", "*", ""])
def test_what_is_no_origin_is_refused(sources: SourceService, origin: str) -> None:
    with pytest.raises(BadOriginError, match="is not a web origin"):
        sources.add("web", "segment", allowed_origins=[origin])
    assert sources.all() == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
def test_what_cannot_be_a_name_is_refused(sources: SourceService, name: str) -> None:
    with pytest.raises(BadValueError, match="source name"):
        sources.add(name, "segment")


def test_taken_and_unknown_names_and_formats_are_refused(sources: SourceService) -> None:
    sources.add("web", "segment")
    with pytest.raises(SourceExistsError, match="“web” already"):
        sources.add(" web ", "posthog")
    with pytest.raises(UnknownNameError, match="segment, sensors, posthog"):
        sources.add("app", "mixpanel")  # type: ignore[arg-type]
    with pytest.raises(UnknownSourceError, match="Known: web"):
        sources.rotate("app")
