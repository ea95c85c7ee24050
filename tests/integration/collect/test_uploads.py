"""Uploads: kept under plain names inside their folder, with what was chosen, until they are old."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from finegrain.collect.errors import UnknownUploadError, UploadTooLargeError
from finegrain.collect.uploads import KEEP_DAYS, Upload, Uploads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from finegrain.clock import SettableClock


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    """The parts, one after the other."""
    for part in parts:
        yield part


@pytest.fixture
def uploads(tmp_path: Path, clock: SettableClock) -> Uploads:
    """Uploads of ten bytes at most."""
    return Uploads(tmp_path / "uploads", clock, max_bytes=10)


def add(uploads: Uploads, name: str = "orders.csv", *parts: bytes) -> Upload:
    """Upload a file."""
    return asyncio.run(uploads.add(name, "orders", pieces(*parts)))


def test_a_file_arrives_whole_and_is_found_again(uploads: Uploads) -> None:
    upload = add(uploads, "orders.csv", b"a,b\n", b"1,2\n")
    assert uploads.get(upload.id) == upload
    assert upload.path.read_bytes() == b"a,b\n1,2\n"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "..", "", "a/../..", "upload.json", "x\0y"]
)
def test_a_name_never_leads_out_of_the_folder(uploads: Uploads, tmp_path: Path, name: str) -> None:
    upload = add(uploads, name, b"x")
    assert upload.path.resolve().is_relative_to((tmp_path / "uploads" / upload.id).resolve())
    assert uploads.get(upload.id).path.read_bytes() == b"x"


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(uploads: Uploads, tmp_path: Path) -> None:
    with pytest.raises(UploadTooLargeError, match="10 bytes"):
        add(uploads, "big.csv", b"123456", b"78901")
    assert list((tmp_path / "uploads").iterdir()) == []


def test_choices_survive_a_restart(uploads: Uploads, tmp_path: Path, clock: SettableClock) -> None:
    upload = uploads.choose(add(uploads, "orders.csv", b"x"), kind="events", choices={"refund_prefix": "C"})
    again = Uploads(tmp_path / "uploads", clock, max_bytes=10)
    assert again.get(upload.id).choices == {"refund_prefix": "C"}
    assert again.get(upload.id).kind == "events"


def test_an_imported_file_waits_no_longer_and_the_newest_comes_first(uploads: Uploads, clock: SettableClock) -> None:
    first, second = add(uploads, "a.csv", b"x"), add(uploads, "b.csv", b"x")
    clock.advance(seconds=1)
    third = add(uploads, "c.csv", b"x")
    uploads.imported(second, 7)
    assert [upload.id for upload in uploads.waiting()] == [third.id, first.id]


def test_old_uploads_are_removed(uploads: Uploads, clock: SettableClock) -> None:
    old = add(uploads, "a.csv", b"x")
    clock.advance(days=KEEP_DAYS + 1)
    add(uploads, "b.csv", b"x")
    with pytest.raises(UnknownUploadError, match=old.id):
        uploads.get(old.id)


@pytest.mark.parametrize("upload_id", ["nothing", "..", "", "../uploads"])
def test_an_unknown_upload_is_refused(uploads: Uploads, upload_id: str) -> None:
    with pytest.raises(UnknownUploadError):
        uploads.get(upload_id)
