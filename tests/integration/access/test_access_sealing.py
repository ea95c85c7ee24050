"""The workspace's key: where it comes from, and what opens only with it."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from finegrain.access.errors import BadSecretKeyError
from finegrain.access.sealing import VARIABLE, SecretBox

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_key_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def test_sealed_secret_opens_again_after_a_restart(tmp_path: Path) -> None:
    sealed = SecretBox(tmp_path).seal("smtp", "密码 canary")
    assert b"canary" not in sealed
    assert SecretBox(tmp_path).open("smtp", sealed) == "密码 canary"
    assert SecretBox(tmp_path).seal("smtp", "密码 canary") != sealed


def test_sealed_secret_opens_under_its_own_name_unchanged_and_with_its_own_key_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = SecretBox(tmp_path)
    sealed = box.seal("smtp", "canary")
    monkeypatch.setenv(VARIABLE, "another key of more than 32 characters")
    for opener, name, text in ((box, "other", sealed), (box, "smtp", sealed[:-1]), (SecretBox(tmp_path), "smtp", sealed)):
        with pytest.raises(BadSecretKeyError, match="it does not open what lies in the store"):
            opener.open(name, text)


def test_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    SecretBox(tmp_path).sign(b"x")
    path = tmp_path / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(BadSecretKeyError, match="chmod 600"):
        SecretBox(tmp_path).sign(b"x")


def test_short_key_is_refused_without_being_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "canary")
    with pytest.raises(BadSecretKeyError, match="fewer than 32 characters") as caught:
        SecretBox(tmp_path).sign(b"x")
    assert "canary" not in str(caught.value)
    assert not (tmp_path / "secret.key").exists()


def test_key_of_the_environment_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "a key of more than thirty-two characters")
    assert SecretBox(tmp_path).sign(b"x") == SecretBox(tmp_path).sign(b"x") != SecretBox(tmp_path).sign(b"y")
    assert list(tmp_path.iterdir()) == []
