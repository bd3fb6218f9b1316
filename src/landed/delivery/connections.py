"""Which forges are read, with what token: those of the settings, and those of `landed connect`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
import pyarrow as pa

from landed.config import ConnectionSettings, Settings
from landed.delivery.evidence import signal_matcher
from landed.delivery.rows import plain_rows
from landed.delivery.tokens import MISSING_EXTRA, resolve
from landed.errors import ConfigurationError, UsageError
from landed.records import FORGES
from landed.sources.forges.contract import Forge
from landed.sources.forges.credentials import AppKey, Credentials
from landed.sources.forges.signals import MatchSignals
from landed.store import Store

PUBLIC = {"github": "https://api.github.com", "gitlab": "https://gitlab.com"}
"""Addresses of the forges that need no `url`."""

_HOSTS = {"api.github.com": "github.com"}
_NAME = re.compile(r"[\w.@/+-]{1,200}")
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*")
_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")


@dataclass(frozen=True)
class Connection:
    """A forge that is read, under a name.

    Attributes:
        name: how people call it.
        settings: which forge, what of it, and where its token is.
        configured: it stands in the settings; else `landed connect` made it.
        created_at: when `landed connect` made it; None for one of the settings.
    """

    name: str
    settings: ConnectionSettings
    configured: bool
    created_at: datetime | None = None

    @property
    def address(self) -> str:
        """Address of its API."""
        return self.settings.url or PUBLIC[self.settings.forge]

    @property
    def host(self) -> str:
        """Host of its forge, as far as the address tells."""
        return host_of(self.address)


Opener = Callable[[ConnectionSettings, Credentials, Settings, MatchSignals], Forge]
"""Opens one kind of forge."""


def known_connections(store: Store | None, settings: Settings) -> list[Connection]:
    """All connections: those of the settings first, then those of the store by name.

    One that the store holds under the name of one of the settings does not count.
    """
    found = _configured(settings.connections)
    names = {connection.name for connection in found}
    rows = [] if store is None else store.read("connection", FORGES).to_pylist()
    return found + [_stored(row) for row in rows if row["connection"] not in names]


def open_forge(
    connection: Connection, settings: Settings, credentials: Credentials | None = None
) -> Forge:
    """Open the forge of a connection, with its own token where no other is given.

    Raises:
        ConfigurationError: there is no token, the address may not be used, or a package is
            missing that reads this forge.
    """
    check_address(connection.settings.url)
    opener = OPENERS.get(connection.settings.forge)
    if opener is None:
        raise ConfigurationError(
            f"{connection.settings.forge} is no forge that can be read: "
            f"write {' or '.join(OPENERS)}"
        )
    found = resolve(connection.settings.token) if credentials is None else credentials
    return opener(connection.settings, found, settings, signal_matcher(settings))


def check_address(url: str | None) -> None:
    """Refuse an address over which a token would travel in clear, or that holds one.

    Raises:
        ConfigurationError: it is such an address, or none.
    """
    if url is None:
        return
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise ConfigurationError("--url takes the address of a forge: write https://HOST") from None
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(
            f"the address of {host} holds a user or password: leave them out, and give the token "
            "by itself"
        )
    if parts.query or parts.fragment:
        raise ConfigurationError(
            f"the address of {host} goes on after its path: leave out what stands from ? or # on, "
            "and give the token by itself"
        )
    if parts.scheme == "https" and host:
        return
    if parts.scheme == "http" and _LOOPBACK.fullmatch(host):
        return
    raise ConfigurationError(
        f"{url} would carry the token in clear, or is no address: write https://HOST"
    )


def check_name(name: str) -> str:
    """Return `name`; UsageError where no connection can be called so."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"a connection cannot be called {name}: use letters, digits, and . _ - @ / +"
        )
    return name


def check_wanted(organisations: Sequence[str], projects: Sequence[str]) -> None:
    """Refuse what can be no name of an organisation, group or project.

    Raises:
        UsageError: one of them is such a name.
    """
    for name in organisations:
        if not _PATH.fullmatch(name):
            raise UsageError(f"--organisation {name} is no name: write ORG as its address has it")
    for name in projects:
        if not _PATH.fullmatch(name) or "/" not in name:
            raise UsageError(f"--project {name} is no name of a project: write OWNER/NAME")


def add_connection(store: Store, connection: Connection) -> bool:
    """Keep a connection, in the place of one of the same name; true where there was none."""
    known = {row["connection"] for row in store.read("connection", FORGES).to_pylist()}
    told = connection.settings
    row = {
        "connection": connection.name,
        "forge": told.forge,
        "url": connection.address,
        "organisations": orjson.dumps(told.organisations).decode(),
        "projects": orjson.dumps(told.projects).decode(),
        "token": told.token,
        "created_at": connection.created_at,
    }
    store.merge("connection", plain_rows("connection", [row]), FORGES)
    return connection.name not in known


def remove_connection(store: Store, settings: Settings, name: str) -> Connection:
    """Take a connection out, and return it; what was read through it stays.

    Raises:
        UsageError: there is none of that name, or it stands in the settings.
    """
    for connection in known_connections(store, settings):
        if connection.name != name:
            continue
        if connection.configured:
            raise UsageError(f"{name} stands in the settings: take it out of landed.toml")
        within = pa.table({"connection": [name]})
        store.replace_within("connection", plain_rows("connection", []), FORGES, within)
        return connection
    raise UsageError(f"there is no connection {name}: landed connect list shows them")


def host_of(address: str) -> str:
    """The host that remotes of clones name, of a forge whose API has this address."""
    host = (urlsplit(address).hostname or "").lower()
    return _HOSTS.get(host, host)


def _configured(sections: Iterable[ConnectionSettings]) -> list[Connection]:
    found: dict[str, Connection] = {}
    for section in sections:
        plain = next(iter((*section.organisations, *section.projects)), None) or host_of(
            section.url or PUBLIC[section.forge]
        )
        name, number = plain, 1
        while name in found:
            number += 1
            name = f"{plain}-{number}"
        found[name] = Connection(name, section, configured=True)
    return list(found.values())


def _stored(row: dict[str, Any]) -> Connection:
    url = None if row["url"] == PUBLIC.get(row["forge"]) else row["url"]
    settings = ConnectionSettings.model_construct(
        forge=row["forge"],
        url=url,
        organisations=tuple(orjson.loads(row["organisations"])),
        projects=tuple(orjson.loads(row["projects"])),
        token=row["token"],
    )
    return Connection(row["connection"], settings, configured=False, created_at=row["created_at"])


def _open_github(
    connection: ConnectionSettings,
    credentials: Credentials,
    settings: Settings,
    match_signals: MatchSignals,
) -> Forge:
    try:
        from landed.sources.forges.github import open_github
    except ImportError as error:
        raise _missing(error) from None
    return _opened(open_github, connection, credentials, settings, match_signals)


def _open_gitlab(
    connection: ConnectionSettings,
    credentials: Credentials,
    settings: Settings,
    match_signals: MatchSignals,
) -> Forge:
    if isinstance(credentials, AppKey):
        raise ConfigurationError("GitLab has no apps: give a token with --token-env NAME")
    try:
        from landed.sources.forges.gitlab import open_gitlab
    except ImportError as error:
        raise _missing(error) from None
    return _opened(open_gitlab, connection, credentials, settings, match_signals)


def _opened(
    open_with: Callable[..., Forge],
    connection: ConnectionSettings,
    credentials: Credentials,
    settings: Settings,
    match_signals: MatchSignals,
) -> Forge:
    return open_with(
        connection.url,
        credentials,
        connection.organisations,
        connection.projects,
        incident_labels=settings.incidents.labels,
        bug_labels=settings.incidents.bug_labels,
        match_signals=match_signals,
        bots=settings.forges.bots,
        concurrency=settings.forges.concurrency,
        wait_minutes=settings.forges.wait_minutes,
    )


def _missing(error: ImportError) -> Exception:
    """What to say of a package that is not there; an error of ours stays what it is."""
    if error.name is None or error.name.partition(".")[0] == "landed":
        return error
    return ConfigurationError(MISSING_EXTRA)


OPENERS: dict[str, Opener] = {"github": _open_github, "gitlab": _open_gitlab}
"""How each kind of forge is opened: a further one is one more entry."""
