"""Settings: command line over environment (`LANDED_*`) over `landed.toml` over defaults."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from landed.config.key import APPLICATION, key_path, organisation_key, parse_key
from landed.config.sections import (
    BudgetSettings,
    CashSettings,
    ConnectionSettings,
    DeliverySettings,
    FeatureSettings,
    ForgeSettings,
    IncidentSettings,
    InvoiceSettings,
    LedgerSettings,
    PathMapping,
    PersonSettings,
    PriceSettings,
    PrivacySettings,
    ReviewSettings,
    SeatSettings,
    ServerSettings,
    ServiceSettings,
    SessionSettings,
    SignalSettings,
    StoreSettings,
)
from landed.errors import ConfigurationError

FILE_NAME = "landed.toml"
__all__ = [
    "APPLICATION",
    "COPILOT_PREVIEW",
    "FILE_NAME",
    "BudgetSettings",
    "CashSettings",
    "ConnectionSettings",
    "DeliverySettings",
    "FeatureSettings",
    "ForgeSettings",
    "IncidentSettings",
    "InvoiceSettings",
    "LedgerSettings",
    "PathMapping",
    "PersonSettings",
    "PriceSettings",
    "PrivacySettings",
    "ReviewSettings",
    "SeatSettings",
    "ServerSettings",
    "ServiceSettings",
    "SessionSettings",
    "Settings",
    "SignalSettings",
    "StoreSettings",
    "key_path",
    "organisation_key",
    "prepare_directory",
]

COPILOT_PREVIEW = date(2021, 6, 29)
"""The day of Copilot's technical preview: lines born before it are taken to be human."""


class Settings(BaseSettings):
    """Everything that can be configured, checked; see `Settings.load`."""

    model_config = SettingsConfigDict(
        env_prefix="LANDED_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
    )

    workspace: Path = Field(default_factory=lambda: platformdirs.user_data_path(APPLICATION))
    """Directory of the store and everything else that Landed keeps."""
    notice: str | None = None
    """A line to show with everything that is told, such as that the figures are made up."""
    key: SecretStr | None = None
    """The organisation's hashing key, 32 hexadecimal digits; null = the key file."""
    ledger: LedgerSettings = LedgerSettings()
    signals: tuple[SignalSettings, ...] = ()
    people: tuple[PersonSettings, ...] = ()
    refs: tuple[str, ...] = ()
    """Ref globs to read beside the default branch, release tags and branches."""
    no_ai_before: date = COPILOT_PREVIEW
    """Lines born before this day are human."""
    production: Literal["releases", "default-branch"] = "releases"
    """What counts as production where no deployments are known."""
    production_environments: tuple[str, ...] = ("production", "production-*", "prod", "prod-*")
    """Globs of the environments that are production, beside those that the forge marks so."""
    services: tuple[ServiceSettings, ...] = ()
    connections: tuple[ConnectionSettings, ...] = ()
    forges: ForgeSettings = ForgeSettings()
    reviews: ReviewSettings = ReviewSettings()
    incidents: IncidentSettings = IncidentSettings()
    sessions: SessionSettings = SessionSettings()
    features: tuple[FeatureSettings, ...] = ()
    issue_key: str = r"\b[A-Z][A-Z0-9]+-[1-9][0-9]*\b"
    """Regular expression of issue keys in branch names and pull requests."""
    prices: tuple[PriceSettings, ...] = ()
    cash: CashSettings = CashSettings()
    rework_window_days: Annotated[int, Field(ge=1)] = 21
    """A line that leaves the main line within so many days was reworked."""
    store: StoreSettings = StoreSettings()
    server: ServerSettings = ServerSettings()
    privacy: PrivacySettings = PrivacySettings()
    budgets: tuple[BudgetSettings, ...] = ()
    deliveries: tuple[DeliverySettings, ...] = ()

    @field_validator("issue_key")
    @classmethod
    def _issue_key_is_a_pattern(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"no regular expression: {error}") from error
        return pattern

    @field_validator("key")
    @classmethod
    def _key_is_hexadecimal(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None:
            parse_key(key.get_secret_value())
        return key

    @classmethod
    def load(cls, config: Path | None = None, workspace: Path | None = None) -> Settings:
        """Read the settings that hold for this run.

        `config` and `workspace` are the command line's and win over everything else. Without
        `config` the first of `$LANDED_CONFIG`, `./landed.toml` and the user's configuration
        directory is read, if there is one. Raises ConfigurationError with one clear line.
        """
        path, chosen = _find_file(config)
        from_file = _read_file(path, chosen) if path is not None else {}
        _refuse_unknown_environment()
        from_command_line = {} if workspace is None else {"workspace": workspace}

        class _Layered(cls):  # type: ignore[valid-type, misc]
            @classmethod
            def settings_customise_sources(
                cls,
                settings_cls: type[BaseSettings],
                init_settings: PydanticBaseSettingsSource,
                env_settings: PydanticBaseSettingsSource,
                dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
                file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            ) -> tuple[PydanticBaseSettingsSource, ...]:
                file_settings = InitSettingsSource(settings_cls, from_file)
                return init_settings, env_settings, file_settings

        try:
            layered = _Layered(**from_command_line)
        except ValidationError as error:
            raise ConfigurationError(_explain(error, path)) from error
        except SettingsError as error:
            raise ConfigurationError(f"environment: {error}; lists and tables are JSON") from error
        values = {name: getattr(layered, name) for name in cls.model_fields}
        values["workspace"] = layered.workspace.expanduser().absolute()
        # of the class itself, so that other processes can be handed the settings
        return cls.model_construct(**values)


def prepare_directory(directory: Path) -> Path:
    """Create `directory` for this user only (mode 0700) unless it exists; return it.

    Raises ConfigurationError where it cannot be made or written to.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"cannot create the workspace {directory}: {error.strerror}; choose another with "
            "--workspace DIR"
        ) from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise ConfigurationError(
            f"no permission to write in the workspace {directory}; choose another with "
            "--workspace DIR"
        )
    return directory


def _find_file(config: Path | None) -> tuple[Path | None, bool]:
    """The file to read, and whether the user chose it rather than stood beside it."""
    named = config or os.environ.get("LANDED_CONFIG")
    if named:
        return Path(named), True
    if Path(FILE_NAME).is_file():
        return Path(FILE_NAME), False
    users_own = platformdirs.user_config_path(APPLICATION) / FILE_NAME
    try:
        there = users_own.is_file()
    except OSError as error:
        raise ConfigurationError(f"cannot read {users_own}: {error.strerror}") from error
    return (users_own, True) if there else (None, False)


def _read_file(path: Path, chosen: bool) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}") from error
    for name in ("workspace", "key", "connections", "server", "deliveries"):
        # the current directory may be a clone of a stranger's repository, who would like our tokens
        if name in values and not chosen:
            raise ConfigurationError(
                f"{path} in the current directory may not set {name}: set it in the environment "
                f"(LANDED_{name.upper()}) or in {platformdirs.user_config_path(APPLICATION)}, or "
                f"choose this file with --config"
            )
    if isinstance(values.get("workspace"), str):
        values["workspace"] = str(path.parent / Path(values["workspace"]).expanduser())
    return values


def _refuse_unknown_environment() -> None:
    known = {f"LANDED_{name.upper()}" for name in Settings.model_fields} | {"LANDED_CONFIG"}
    for name in sorted(os.environ):
        if name.startswith("LANDED_") and name.split("__")[0] not in known:
            raise ConfigurationError(
                f"unknown setting {name} in the environment; known are {', '.join(sorted(known))}"
            )


def _explain(error: ValidationError, path: Path | None) -> str:
    """The first thing wrong, as one line that names the setting and where it may be set."""
    first = error.errors(include_url=False, include_input=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    source = f"{path} or LANDED_* environment" if path is not None else "LANDED_* environment"
    if first["type"] == "extra_forbidden":
        return f"unknown setting {name} in {source}"
    message = first["msg"].removeprefix("Value error, ")
    return f"setting {name} in {source}: {message[0].lower()}{message[1:]}"
