"""Settings: command line over environment (`LANDED_*`) over `landed.toml` over defaults."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from landed.errors import ConfigurationError

APPLICATION = "landed"
FILE_NAME = "landed.toml"
KEY_BYTES = 16
COPILOT_PREVIEW = date(2021, 6, 29)
"""The day of Copilot's technical preview: lines born before it are taken to be human."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LedgerSettings(_Section):
    """Which paths the ledger leaves out, and which commits it reads beside those of refs."""

    exclude: tuple[str, ...] = ()
    """Path patterns (gitignore style) to leave out as well."""
    include: tuple[str, ...] = ()
    """Path patterns to keep although a built-in rule leaves them out."""
    unreachable: bool = True
    """Whether to read commits too that are still there but that no ref reaches."""


class SignalSettings(_Section):
    """One signal of your own: where to look in a commit, what to find, what it means."""

    where: Literal["author", "committer", "trailer", "subject", "body"]
    """The part of the commit that is looked at."""
    match: Annotated[str, Field(min_length=1)]
    """For author and committer an e-mail address, for trailer its key or `Key: value`,
    for subject and body the start of a line."""
    who: Literal["ai", "human", "automation"] = "ai"
    agent: str | None = None
    """The agent's name; needed where `who` is ai."""
    model: str | None = None

    @model_validator(mode="after")
    def _ai_names_its_agent(self) -> SignalSettings:
        if self.who == "ai" and not self.agent:
            raise ValueError("a signal for ai needs an agent name")
        return self


class PersonSettings(_Section):
    """What is known of one person, by the e-mail addresses they commit with."""

    emails: Annotated[tuple[str, ...], Field(min_length=1)]
    """The first one is the person's canonical address."""
    name: str | None = None
    uses_ai: bool = True
    """False: every line of theirs without stronger evidence counts as human."""
    accounts: tuple[str, ...] = ()
    """Accounts or addresses under which agents know them."""
    logins: tuple[str, ...] = ()
    """Their user names on machines whose logs are read."""
    team: str | None = None
    all_tools_captured_since: date | None = None
    """From this day the logs of all AI tools they use are read: what none shows is human."""


class PathMapping(_Section):
    """Logs name folders under `log` that lie, or lay, under `here` on this machine."""

    log: Annotated[str, Field(min_length=1)]
    here: Annotated[str, Field(min_length=1)]


class SessionSettings(_Section):
    """Which agents' logs are read, and how edits find their lines."""

    read: bool = True
    """False: no agent's log is opened."""
    agents: tuple[str, ...] = ()
    """Only these agents; none named = all that are known."""
    homes: tuple[Path, ...] = ()
    """Further home directories to look in, such as copies from containers."""
    paths: tuple[PathMapping, ...] = ()
    """Where folders of the logs are on this machine; the first that fits counts."""
    keep_text: bool = True
    """Keep unmatched generated text on this machine, to score similarity once it is committed."""
    keep_text_days: Annotated[int, Field(ge=1)] = 60
    similarity: Annotated[float, Field(gt=0, le=1)] = 0.6
    """From which token similarity a changed line is still the agent's."""
    pending_days: Annotated[int, Field(ge=1)] = 14
    """So long a line that is applied and nowhere committed counts as pending."""
    idle_days: Annotated[int, Field(ge=1)] = 90
    """A branch without commits for so long counts as closed."""


class FeatureSettings(_Section):
    """A feature of the product: sessions on these branches or in these paths belong to it."""

    name: Annotated[str, Field(min_length=1)]
    branches: tuple[str, ...] = ()
    """Branch globs."""
    paths: tuple[str, ...] = ()
    """Path patterns (gitignore style): most of the session's lines went there."""
    repositories: tuple[str, ...] = ()
    """Names of repositories; none = all."""

    @model_validator(mode="after")
    def _says_which(self) -> FeatureSettings:
        if not (self.branches or self.paths or self.repositories):
            raise ValueError("a feature needs branches, paths or repositories")
        return self


class PriceSettings(_Section):
    """Your own price of a model, in dollars for a million tokens; it wins over the list."""

    model: Annotated[str, Field(min_length=1)]
    """Model name or glob."""
    vendor: str | None = None
    since: date | None = None
    until: date | None = None
    input: Annotated[float, Field(ge=0)]
    output: Annotated[float, Field(ge=0)]
    cache_read: Annotated[float, Field(ge=0)] | None = None
    """None = as input."""
    cache_write_5m: Annotated[float, Field(ge=0)] | None = None
    cache_write_1h: Annotated[float, Field(ge=0)] | None = None
    web_search: Annotated[float, Field(ge=0)] | None = None
    """Dollars for one search."""


class SeatSettings(_Section):
    """A subscription that one person holds."""

    vendor: Annotated[str, Field(min_length=1)]
    holder: Annotated[str, Field(min_length=1)]
    """An e-mail address of the holder."""
    monthly: Annotated[float, Field(ge=0)]
    """Dollars a month."""
    plan: str = ""
    since: date
    until: date | None = None


class InvoiceSettings(_Section):
    """One line of an invoice."""

    vendor: Annotated[str, Field(min_length=1)]
    month: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    kind: Literal["usage", "credits", "subscription", "overage", "discount", "tax"] = "usage"
    amount: float
    """Dollars; discounts and refunds below zero."""
    invoice: str = ""
    description: str = ""


class CashSettings(_Section):
    """What is paid, beside list prices."""

    seats: tuple[SeatSettings, ...] = ()
    invoices: tuple[InvoiceSettings, ...] = ()
    hourly_rate: Annotated[float, Field(gt=0)] | None = None
    """Loaded cost of an hour of a developer, in dollars: break-even is stated with it."""
    developers: Annotated[int, Field(ge=1)] | None = None
    """Developers on the roster; None = those who committed or ran agents in each month."""


class StoreSettings(_Section):
    """How much of the machine the store may take."""

    memory_limit: Annotated[str, Field(pattern=r"^\d+ ?([KMGT]i?B)$")] = "256MB"
    threads: Annotated[int, Field(ge=1)] = 2
    wait_seconds: Annotated[float, Field(ge=0)] = 60.0
    """How long to wait for another process that has the store open."""


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
    sessions: SessionSettings = SessionSettings()
    features: tuple[FeatureSettings, ...] = ()
    issue_key: str = r"\b[A-Z][A-Z0-9]+-[1-9][0-9]*\b"
    """Regular expression of issue keys in branch names and pull requests."""
    prices: tuple[PriceSettings, ...] = ()
    cash: CashSettings = CashSettings()
    rework_window_days: Annotated[int, Field(ge=1)] = 21
    """A line that leaves the main line within so many days was reworked."""
    store: StoreSettings = StoreSettings()

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
            _parse_key(key.get_secret_value())
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


def key_path() -> Path:
    """Where this user's key file lies: one for all workspaces."""
    return platformdirs.user_data_path(APPLICATION) / "key"


def organisation_key(settings: Settings) -> bytes:
    """The 16 bytes that key every line hash: from the settings, else from the key file.

    The file is created at random on first use, readable by its owner only. Processes that
    come at the same time agree on one key.
    """
    if settings.key is not None:
        return _parse_key(settings.key.get_secret_value())
    path = key_path()
    try:
        if not path.exists():
            _create_key(path)
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"cannot read or create the key file {path} ({error}); put it right, or set LANDED_KEY"
        ) from error
    try:
        return _parse_key(text.strip())
    except ValueError as error:
        raise ConfigurationError(f"the key file {path} is damaged: {error}") from error


def _create_key(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".key-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # a link appears whole or not at all, and never over a key that another process made
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
    finally:
        Path(temporary).unlink()


def _parse_key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key is {2 * KEY_BYTES} hexadecimal digits")
    return key


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
    for name in ("workspace", "key"):
        # the current directory may be a clone of a stranger's repository
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
