"""Where tokens of forges are kept: in the system's keyring, or in the environment; never in a file
of ours."""

from __future__ import annotations

import os
import re
from pathlib import Path
from types import ModuleType

from landed.errors import ConfigurationError, UsageError
from landed.sources.forges.credentials import AppKey, Credentials, PersonalToken

SERVICE = "landed"
"""Under this name the system's keyring shows what was put into it."""
MISSING_EXTRA = "forges need further packages: pip install 'landed[forges]'"

_APP = re.compile(r"app:(\d+)/(\d+):(environment|file):(.+)")
_TOKEN = re.compile(r"[!-~]+")
_LIKE_A_TOKEN = re.compile(r"(gh[a-z]|github_pat|gl[a-z]+)_\w{6,}|[0-9a-f]{40}")
"""What forges make, and nobody calls a variable."""


def resolve(place: str) -> Credentials:
    """The credentials that are kept at `place`, as `ConnectionSettings.token` says it.

    Raises:
        ConfigurationError: there is nothing, or it cannot be read; the message says what to do.
    """
    app = _APP.fullmatch(place)
    if app:
        key = _from_environment(app[4]) if app[3] == "environment" else _from_file(app[4])
        return AppKey(int(app[1]), int(app[2]), _as_pem(key, place))
    kind, _, name = place.partition(":")
    if kind == "environment":
        return PersonalToken(checked(_from_environment(name), f"the environment variable {name}"))
    if kind == "keyring":
        return PersonalToken(checked(_from_keyring(name), f"the entry {name} of the keyring"))
    raise ConfigurationError(
        f"{place} is no place of a token: write environment:NAME, keyring:NAME, or "
        "app:ID/INSTALLATION:environment:NAME"
    )


def checked(token: str, where: str) -> str:
    """The token without blanks around it; `where` says for people where it was found.

    Raises:
        ConfigurationError: it is empty, or has characters that no token has.
    """
    plain = token.strip()
    if not _TOKEN.fullmatch(plain):
        wrong = "is empty" if not plain else "holds characters that no token has"
        raise ConfigurationError(f"{where} {wrong}: put a token there")
    return plain


def keep(name: str, token: PersonalToken) -> str:
    """Put a token into the system's keyring, and return the place to name in a connection.

    Raises:
        ConfigurationError: the system has no keyring that can be used.
    """
    keyring = _keyring()
    try:
        keyring.set_password(SERVICE, name, token.text)
        kept = keyring.get_password(SERVICE, name)
    except keyring.errors.KeyringError as error:
        raise _no_keyring(error) from None
    if kept != token.text:
        # a keyring that is switched off takes everything and holds nothing
        raise ConfigurationError(
            "the system's keyring does not hold what it is given: put the token into an "
            "environment variable and name that with --token-env NAME"
        )
    return f"keyring:{name}"


def forget(place: str) -> bool:
    """Take a token out of the keyring; false where `place` is elsewhere, or nothing was there.

    Raises:
        ConfigurationError: the system has no keyring that can be used.
    """
    kind, _, name = place.partition(":")
    if kind != "keyring":
        return False
    keyring = _keyring()
    try:
        keyring.delete_password(SERVICE, name)
    except keyring.errors.PasswordDeleteError:
        return False
    except keyring.errors.KeyringError as error:
        raise _no_keyring(error) from None
    return True


def check_environment_name(name: str) -> str:
    """Return `name`; UsageError where it can be no name of an environment variable."""
    if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) or _LIKE_A_TOKEN.fullmatch(name):
        # people paste the token itself, which must not be shown again
        raise UsageError(
            "--token-env and --app-key-env take the name of an environment variable, such as "
            "GITHUB_TOKEN, not the token"
        )
    return name


def _from_environment(name: str) -> str:
    text = os.environ.get(name)
    if text is None:
        raise ConfigurationError(f"the environment has no {name}: set it to the forge's token")
    return text


def _from_file(name: str) -> str:
    path = Path(name).expanduser()
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(f"cannot read the private key {path}: {reason}") from None


def _from_keyring(name: str) -> str:
    keyring = _keyring()
    try:
        text: str | None = keyring.get_password(SERVICE, name)
    except keyring.errors.KeyringError as error:
        raise _no_keyring(error) from None
    if text is None:
        raise ConfigurationError(
            f"the system's keyring has no token {name}: run landed connect again"
        )
    return text


def _as_pem(text: str, place: str) -> str:
    """A private key; variables of pipelines often hold its line ends as backslash and n."""
    key = text.replace("\\n", "\n").strip()
    if not key.startswith("-----BEGIN") or "PRIVATE KEY" not in key:
        where = place.split(":", 2)[2]
        raise ConfigurationError(f"{where} holds no private key in PEM form: see the app's page")
    return f"{key}\n"


def _keyring() -> ModuleType:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise ConfigurationError(MISSING_EXTRA) from None
    return keyring


def _no_keyring(error: Exception) -> ConfigurationError:
    return ConfigurationError(
        f"the system's keyring cannot be used ({type(error).__name__}): put the token into an "
        "environment variable and name that with --token-env NAME"
    )
