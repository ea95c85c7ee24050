"""Settings: order of sources, and clear refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr, ValidationError

from finegrain.errors import BadValueError
from finegrain.settings import BadSettingError, BadSettingsFileError, Settings, load_settings, settings_table

if TYPE_CHECKING:
    from pathlib import Path

    from finegrain.settings import SettingRow


def test_environment_wins_over_file_and_file_over_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "finegrain.toml").write_text('zone = "Europe/London"\nport = 9001\n', encoding="utf-8")
    monkeypatch.setenv("FINEGRAIN_PORT", "9002")
    settings = load_settings(tmp_path)
    assert (settings.zone, settings.port, settings.currency) == ("Europe/London", 9002, "CNY")


def test_what_code_passes_wins_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINEGRAIN_PORT", "9002")
    assert load_settings(tmp_path, port=9003).port == 9003


def test_a_bad_value_names_setting_value_and_variable(tmp_path: Path) -> None:
    with pytest.raises(BadSettingError) as caught:
        load_settings(tmp_path, port="abc")
    assert caught.value.facts["name"] == "port"
    assert "FINEGRAIN_PORT" in str(caught.value)
    assert "abc" in str(caught.value)


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "finegrain.toml").write_text("potr = 9001\n", encoding="utf-8")
    with pytest.raises(BadSettingError, match="potr"):
        load_settings(tmp_path)


def test_a_file_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "finegrain.toml").write_text("port = = 1", encoding="utf-8")
    with pytest.raises(BadSettingsFileError, match=r"finegrain\.toml"):
        load_settings(tmp_path)


@pytest.mark.parametrize(("name", "value"), [("zone", "Mars/Olympus"), ("currency", "ABC1")])
def test_zone_and_currency_must_exist(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadValueError, match=value):
        load_settings(tmp_path, **{name: value})


def test_every_setting_has_a_row_with_help() -> None:
    rows = settings_table()
    assert {row.name for row in rows} == set(Settings.model_fields)
    assert all(row.help and row.type for row in rows)


@pytest.mark.parametrize("row", settings_table(), ids=lambda row: row.name)
def test_every_setting_can_be_set_by_its_variable_and_by_the_file(
    row: SettingRow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {"zone": "Europe/London", "currency": "EUR", "host": "0.0.0.0"}  # noqa: S104 - a value, nothing listens
    other_way = str(not Settings.model_fields[row.name].default)
    kinds = {"integer": "7", "boolean": other_way}
    wanted = others.get(row.name) or kinds.get(row.type, row.type.split(" | ")[-1])
    quoted = wanted.lower() if row.type in kinds else f'"{wanted}"'
    (tmp_path / "finegrain.toml").write_text(f"{row.name} = {quoted}\n", encoding="utf-8")
    assert _text(getattr(load_settings(tmp_path), row.name)) == wanted
    (tmp_path / "finegrain.toml").unlink()
    monkeypatch.setenv(row.variable, wanted)
    assert _text(getattr(load_settings(tmp_path), row.name)) == wanted


def _text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


@pytest.mark.parametrize("row", settings_table(), ids=lambda row: row.name)
def test_a_default_reads_as_the_table_shows_it(row: SettingRow, tmp_path: Path) -> None:
    assert str(getattr(load_settings(tmp_path), row.name)) == row.default


@pytest.mark.parametrize(
    ("name", "value"),
    [("language", "fr"), ("as_of", "tomorrow"), ("log_level", "loud"), ("port", "8000.5"), ("duckdb_threads", "")],
)
def test_a_value_outside_the_closed_ones_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSettingError) as caught:
        load_settings(tmp_path, **{name: value})
    assert caught.value.facts["name"] == name
    assert value in caught.value.message("zh_CN")


def test_settings_cannot_be_changed_while_a_workspace_is_open(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    with pytest.raises(ValidationError):
        settings.port = 9000


def test_a_home_that_does_not_exist_has_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none") == load_settings(tmp_path)
