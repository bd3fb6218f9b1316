"""The servers that this machine sends to: their addresses, where tokens are, and the place here.

Line hashes are keyed, and the key is the server's: what is read for a server is kept apart from
the user's own store, in `servers/HOST` of the workspace, readable by this user only.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import orjson
from pydantic import SecretStr

from landed.config import SessionSettings, Settings, prepare_directory
from landed.config.key import parse_key
from landed.delivery import tokens
from landed.delivery.connections import check_address
from landed.errors import ConfigurationError, UsageError
from landed.sources.forges.credentials import PersonalToken

_SERVERS = "servers"
_FILE = "server.json"
_KEY = "key"
_FIELDS = {"url": str, "token": str, "machine": str, "only": list}


@dataclass(frozen=True)
class Connection:
    """A server that sessions are sent to.

    `token` says where the token is kept (`keyring:NAME`, `environment:NAME`; empty for a server on
    this machine that asks for none); `machine` is a random word that tells this machine's folders
    from those of others; `only` are globs of the addresses of repositories whose sessions are sent
    (none = all); `directory` is the place here.
    """

    url: str
    token: str
    machine: str
    only: tuple[str, ...]
    directory: Path

    @property
    def host(self) -> str:
        """The server's name, and its port where it has one of its own."""
        return urlsplit(self.url).netloc.lower()

    def token_text(self) -> str | None:
        """The token itself; None where the server asks for none.

        Raises:
            ConfigurationError: it is not where it should be.
        """
        if not self.token:
            return None
        credentials = tokens.resolve(self.token)
        if not isinstance(credentials, PersonalToken):
            raise ConfigurationError(
                f"{self.host} takes a token: run landed connect server {self.url} again"
            )
        return credentials.text

    def settings(self, settings: Settings, key: bytes) -> Settings:
        """The settings with which logs are read for this server: its key, its place, no texts."""
        sessions = SessionSettings.model_validate(
            settings.sessions.model_dump() | {"keep_text": False}
        )
        replaced = {
            "workspace": self.directory,
            "key": SecretStr(key.hex()),
            "sessions": sessions,
        }
        return settings.model_copy(update=replaced)

    def key(self) -> bytes | None:
        """The server's key as it was last told; None where it never was."""
        try:
            return parse_key((self.directory / _KEY).read_text("ascii").strip())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"the key of {self.host} in {self.directory} is damaged: run landed connect server "
                f"{self.url} again"
            ) from error

    def keep_key(self, key: bytes) -> bool:
        """Keep the server's key. Where it is another than before, what was read with that is
        forgotten; returns whether it was."""
        known = self.key() if (self.directory / _KEY).exists() else None
        if known == key:
            return False
        if known is not None:
            self.forget_read()
        _write(self.directory / _KEY, f"{key.hex()}\n".encode())
        return known is not None

    def forget_read(self) -> None:
        """Forget what was read and sent, so that everything is read and sent anew."""
        for path in self.directory.iterdir():
            if path.name not in (_FILE, _KEY):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def check_url(url: str) -> str:
    """The address of a server, without a slash at its end.

    Raises:
        ConfigurationError: it is none, holds a password, or would carry the token in clear.
    """
    check_address(url)
    return url.rstrip("/")


def connections(settings: Settings) -> list[Connection]:
    """The servers that this machine sends to, by name."""
    places = sorted((settings.workspace / _SERVERS).glob(f"*/{_FILE}"))
    return [_read(path) for path in places]


def connection_to(settings: Settings, wanted: str | None) -> Connection:
    """The server of that address or name; without one the only one there is.

    Raises:
        UsageError: there is none such, or more than one.
    """
    known = connections(settings)
    if wanted is not None:
        name = wanted.rstrip("/")
        known = [one for one in known if name in (one.url, one.host)]
    if len(known) == 1:
        return known[0]
    if not known:
        asked = wanted if wanted is not None and "://" in wanted else "https://HOST"
        raise UsageError(f"nothing is sent there yet: run landed connect server {asked} first")
    raise UsageError(f"say to which server: --to {' or --to '.join(one.host for one in known)}")


def new_connection(
    settings: Settings, url: str, token: str, only: Sequence[str] | None
) -> Connection:
    """What to keep of a server; one that is known keeps its word for this machine.

    `only` None keeps what was said before.
    """
    netloc = urlsplit(url).netloc.lower()
    directory = settings.workspace / _SERVERS / re.sub(r"[^a-z0-9.-]", "_", netloc)
    before = _read(directory / _FILE) if (directory / _FILE).is_file() else None
    machine = before.machine if before else secrets.token_hex(8)
    globs = tuple(only) if only is not None else (before.only if before else ())
    return Connection(url, token, machine, globs, directory)


def keep_connection(connection: Connection) -> None:
    """Remember a server.

    Raises:
        ConfigurationError: the workspace cannot be written to.
    """
    for directory in (*list(connection.directory.parents)[1::-1], connection.directory):
        prepare_directory(directory)
    content = {
        "url": connection.url,
        "token": connection.token,
        "machine": connection.machine,
        "only": list(connection.only),
    }
    _write(connection.directory / _FILE, orjson.dumps(content, option=orjson.OPT_INDENT_2))


def remove_connection(connection: Connection) -> bool:
    """Forget a server and all that was read for it; tells whether its token was in the keyring."""
    forgotten = bool(connection.token) and tokens.forget(connection.token)
    shutil.rmtree(connection.directory)
    return forgotten


def _read(path: Path) -> Connection:
    try:
        content = orjson.loads(path.read_bytes())
        good = set(content) == set(_FIELDS) and all(
            isinstance(content[name], kind) for name, kind in _FIELDS.items()
        )
    except (OSError, orjson.JSONDecodeError, TypeError):
        good = False
    if not good:
        raise ConfigurationError(
            f"{path} is damaged: remove it, and run landed connect server URL again"
        )
    return Connection(
        content["url"], content["token"], content["machine"], tuple(content["only"]), path.parent
    )


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    temporary.replace(path)
