"""The one table of settings: environment over ``finegrain.toml`` over default, read once when a workspace opens."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from finegrain.errors import InputError
from finegrain.i18n import N_
from finegrain.money import exponent
from finegrain.zones import Zone

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "finegrain.toml"


class BadSettingError(InputError):
    """A setting has a value that it cannot take, or a name that does not exist."""

    code = "bad_setting"
    problem = N_("Setting {name} is {value}: {reason}.")
    remedy = N_("Correct it in {file} or in the environment variable {variable}.")


class BadSettingsFileError(InputError):
    """``finegrain.toml`` is not valid TOML."""

    code = "bad_settings_file"
    problem = N_("{file} is not valid TOML: {reason}.")
    remedy = N_("Correct the file, or delete it to start from the defaults.")


def setting(default: Any, help_text: str, unit: str = "") -> Any:
    """Declare one row of the table: default, help and unit."""
    return Field(default=default, description=help_text, json_schema_extra={"unit": unit})


class Settings(BaseSettings):
    """All settings of one workspace."""

    model_config = SettingsConfigDict(env_prefix="FINEGRAIN_", extra="forbid", frozen=True)

    zone: str = setting(
        "Asia/Shanghai", N_("Time zone in which days, weeks and months are counted and times are shown."), N_("IANA name")
    )
    currency: str = setting("CNY", N_("Currency of all amounts of money."), N_("ISO 4217 code"))
    language: Literal["en", "zh_CN"] = setting("zh_CN", N_("Language of the console until a user chooses one."))
    as_of: Literal["auto", "now"] = setting(
        "auto",
        N_("Moment for which tiers and figures are shown: auto takes the end of the data where the data stops over a day ago."),
    )
    host: str = setting("127.0.0.1", N_("Address on which the server listens."))
    port: int = setting(8000, N_("Port on which the server listens."))
    events_url: SecretStr = setting(
        SecretStr(""),
        N_("Address of a ClickHouse database that keeps the events; empty keeps them in the workspace folder."),
    )
    ops_url: SecretStr = setting(
        SecretStr(""),
        N_(
            "Address of a PostgreSQL database that keeps people, imports and decisions; empty keeps them in the workspace folder."
        ),
    )
    import_max_line_bytes: int = setting(16_777_216, N_("Longest line an import accepts."), N_("bytes"))
    import_future_days: int = setting(1, N_("How far in the future the time of an imported row may lie."), N_("days"))
    import_max_upload_bytes: int = setting(2_147_483_648, N_("Largest file that can be uploaded in the console."), N_("bytes"))
    collect_max_body_bytes: int = setting(20_971_520, N_("Largest request that the collector accepts."), N_("bytes"))
    collect_queue_bytes: int = setting(
        134_217_728, N_("Requests that may wait to be stored; beyond it senders are told to try again later."), N_("bytes")
    )
    collect_commit_wait_ms: int = setting(
        2, N_("How long a commit waits for further requests to store with the first."), N_("milliseconds")
    )
    collect_journal: bool = setting(
        True,  # noqa: FBT003 - a default
        N_(
            "Whether requests that come while others are stored are answered once they are flushed in the workspace folder; "
            "else each waits for its commit."
        ),
    )
    collect_window_days: int = setting(
        30, N_("For how long after its arrival an event that is sent again counts once, looked up in memory."), N_("days")
    )
    collect_window_events: int = setting(
        50_000_000,
        N_(
            "Events of that time that are looked up in memory, 16 bytes each; the oldest beyond it are looked up on disk, "
            "which is slower."
        ),
        N_("events"),
    )
    duckdb_memory_bytes: int = setting(
        4_294_967_296, N_("Memory that the event store may use before it spills to disk."), N_("bytes")
    )
    duckdb_threads: int = setting(0, N_("Threads of the event store; 0 takes one per core."))
    session_minutes: int = setting(
        30,
        N_("After how long without an event a session of a person ends, where behaviour is counted by session."),
        N_("minutes"),
    )
    segment_history_days: int = setting(
        400,
        N_(
            "For how many days it is kept who was in which segment and tier on every day; before them, on the last of each month."
        ),
        N_("days"),
    )
    transition_events: bool = setting(
        True,  # noqa: FBT003 - a default
        N_("Whether an event is stored for each person who changes tiers, or enters or leaves a segment that is a rule."),
    )
    webhook_private: bool = setting(
        False,  # noqa: FBT003 - a default
        N_("Whether segments may be sent to servers of the own network."),
    )
    session_idle_hours: int = setting(12, N_("How long a login of the console lasts without a click."), N_("hours"))
    session_max_days: int = setting(14, N_("How long a login of the console lasts at most."), N_("days"))
    oidc_issuer: str = setting("", N_("Address of the company's own login (OpenID Connect); empty: there is none."))
    oidc_client_id: str = setting("", N_("Name under which the company's login knows this server."))
    oidc_role: Literal["", "admin", "operator", "analyst", "viewer"] = setting(
        "", N_("Role of those whom the company's login brings for the first time; empty lets in only those who have a user here.")
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting("info", N_("Least severe log line that is written."))

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return Zone(value).name

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        exponent(value)
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic passes it by name
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: what code passes, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


@dataclass(frozen=True)
class SettingRow:
    """One row of the table, as documentation and ``finegrain settings`` show it."""

    name: str
    type: str
    default: str
    unit: str
    help: str
    variable: str


def settings_table() -> tuple[SettingRow, ...]:
    """Give every setting with its type, default, unit, help and environment variable."""
    rows = []
    properties = Settings.model_json_schema()["properties"]
    for name, field in Settings.model_fields.items():
        schema = properties[name]
        kind = " | ".join(schema["enum"]) if "enum" in schema else str(schema["type"])
        rows.append(
            SettingRow(name, kind, str(field.default), schema["unit"], field.description or "", f"FINEGRAIN_{name.upper()}")
        )
    return tuple(rows)


def load_settings(home: Path, **overrides: object) -> Settings:
    """Read the settings of the workspace folder ``home``.

    Args:
        home: the workspace folder; its ``finegrain.toml`` need not exist.
        **overrides: values that win over environment and file.

    Raises:
        BadSettingError: a value is not allowed, or a name is unknown.
        BadSettingsFileError: the file is not TOML.
    """
    path = home / FILE_NAME

    class _Located(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    try:
        return Settings.model_construct(**_Located(**overrides).model_dump())  # type: ignore[arg-type]
    except tomllib.TOMLDecodeError as error:
        raise BadSettingsFileError(file=path, reason=error) from error
    except ValidationError as error:
        raise _first_problem(error, path) from error


def _first_problem(error: ValidationError, path: Path) -> BadSettingError:
    problem = error.errors()[0]
    name = ".".join(str(part) for part in problem["loc"])
    field = Settings.model_fields.get(name)
    value = "…" if field and field.annotation is SecretStr else problem.get("input")
    return BadSettingError(name=name, value=value, reason=problem["msg"], file=path, variable=f"FINEGRAIN_{name.upper()}")
