"""The family of errors that people see: each message says what is wrong and what to do next."""

from __future__ import annotations

from collections.abc import Sequence


class LandedError(Exception):
    """Something the user can put right; shown as one line, never as a traceback.

    `exit_code` is what the process ends with.
    """

    exit_code: int = 2


class UsageError(LandedError):
    """The command was asked for something it cannot do, such as a malformed date or glob."""


class RepositoryError(LandedError):
    """A path that is no readable git repository, or one without any commit."""


class ConfigurationError(LandedError):
    """A setting is unknown, malformed, or cannot be read."""


class StoreError(LandedError):
    """The store cannot be opened, or data does not fit it."""

    exit_code = 3


class GitError(LandedError):
    """A git command ended with an exit code that was not expected.

    `command` is the argument list, `status` git's exit code, `stderr` what git said.
    """

    exit_code = 4

    def __init__(self, command: Sequence[str], status: int, stderr: str) -> None:
        self.command = tuple(command)
        self.status = status
        self.stderr = stderr
        said = " ".join(stderr.split()) or "nothing on standard error"
        super().__init__(f"git ended with exit code {status} ({' '.join(command)}): {said}")


class ForgeError(LandedError):
    """A forge could not be asked, or did not answer as it should."""

    exit_code = 5


class TokenRefused(ForgeError):
    """The forge does not accept the token, or the token may not do what was asked."""


class ForgeUnreachable(ForgeError):
    """No answer, or none of use: the network is lost, or the server fails again and again."""


class ProjectGone(ForgeError):
    """The forge has no such project (any more), or does not let this token see it."""


class RateLimited(ForgeError):
    """The forge wants a longer pause than was allowed; the next run goes on from here."""


class DeliveryError(LandedError):
    """A report could not be put into its folder, or its webhook did not take it."""

    exit_code = 5
