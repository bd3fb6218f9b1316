"""The organisation's key, with which every line hash is made."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from landed.errors import ConfigurationError

if TYPE_CHECKING:
    from landed.config import Settings

APPLICATION = "landed"
KEY_BYTES = 16


def parse_key(text: str) -> bytes:
    """The bytes of a key written in hexadecimal; ValueError for anything else."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key is {2 * KEY_BYTES} hexadecimal digits")
    return key


def key_path() -> Path:
    """Where this user's key file lies: one for all workspaces."""
    return platformdirs.user_data_path(APPLICATION) / "key"


def organisation_key(settings: Settings) -> bytes:
    """The 16 bytes that key every line hash: from the settings, else from the key file.

    The file is created at random on first use, readable by its owner only. Processes that
    come at the same time agree on one key.
    """
    if settings.key is not None:
        return parse_key(settings.key.get_secret_value())
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
        return parse_key(text.strip())
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
