"""Passwords: what one must be, and how it is kept (argon2id)."""

from __future__ import annotations

import secrets
import threading

from landed.errors import UsageError

try:
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError
except ModuleNotFoundError:
    raise UsageError("accounts need further packages: pip install 'landed[server]'") from None

SHORTEST = 12
LONGEST = 1024
AT_ONCE = 2
"""So many are reckoned at a time: each takes 64 MiB."""


def check_password(password: str, name: str) -> None:
    """Raise UsageError, saying what is wrong, for a password that is too easy to guess."""
    if len(password) < SHORTEST:
        raise UsageError(f"a password has {SHORTEST} characters or more")
    if len(password) > LONGEST:
        raise UsageError(f"a password has {LONGEST:,} characters at most")
    if name.lower() in password.lower() and len(password) < len(name) + SHORTEST:
        raise UsageError("the password is hardly more than the account's name: choose another")
    if len(set(password)) < 5:
        raise UsageError("the password repeats a few characters: choose another")


class Passwords:
    """Hashes passwords and compares them, a few at a time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """`hasher` has the cost; by default argon2-cffi's, RFC 9106's second recommendation."""
        self._hasher = hasher or PasswordHasher()
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = self._hasher.hash(secrets.token_hex())

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with self._turns:
            return self._hasher.hash(password)

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether the password is the one of which `kept` was kept.

        For None, which is nobody's, the same work is done and the answer is no.
        """
        if len(password) > LONGEST:
            password = ""
        with self._turns:
            try:
                right = self._hasher.verify(kept or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return right and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether it was kept at a cost that is no longer today's."""
        return self._hasher.check_needs_rehash(kept)
