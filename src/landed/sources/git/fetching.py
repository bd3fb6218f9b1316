"""Running git against a server: nothing of the user's has a say, and nothing of the secret leaks.

The secret is given to git in its environment only, as a header; it stands on no command line, in
no file and in no message. Git asks nobody for a password, follows no server to another address,
and speaks only the protocol of the address. An `ssh` address uses the user's own ssh keys, but
never asks either.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from landed.errors import ForgeError, ForgeUnreachable, GitError, ProjectGone, TokenRefused
from landed.sources.git.addresses import Address
from landed.sources.git.process import neutral_environment

_SSH = (
    "ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=15 -o ServerAliveCountMax=4"
)
_CERTIFICATES = ("GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY")
"""What a company with certificates of its own sets; git may not see anything else of the user."""

_SLOWEST = ("1000", "60")
"""Fewer bytes a second, for so many seconds, is a lost connection."""

_REFUSED = re.compile(
    r"authentication failed|could not read (?:username|password)|terminal prompts disabled"
    r"|returned error: 40[13]|permission denied|access denied|host key verification failed",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"repository '[^']*' not found|repository not found|returned error: 404"
    r"|does not appear to be a git repository|could not be found|project you were looking for",
    re.IGNORECASE,
)
_MOVED = re.compile(r"redirect|returned error: 30\d", re.IGNORECASE)
_UNREACHABLE = re.compile(
    r"could not resolve|couldn't connect|failed to connect|connection (?:refused|reset|closed)"
    r"|timed out|timeout|early eof|unexpected disconnect|remote end hung up|rpc failed"
    r"|returned error: (?:5\d\d|429)|empty reply|network is unreachable|operation too slow"
    r"|transfer closed|no route to host|ssl|tls|certificate",
    re.IGNORECASE,
)


class Credentials(NamedTuple):
    """A user name and secret, such as `x-access-token` and a token."""

    user: str
    secret: str


class Server:
    """One address of one server, and how to ask it."""

    def __init__(self, address: Address, credentials: Credentials | None) -> None:
        """Ask `address` as somebody, or as nobody in particular."""
        self.address = address
        self._secrets: list[str] = []
        self._environment = neutral_environment() | {
            name: os.environ[name] for name in _CERTIFICATES if name in os.environ
        }
        settings = {
            "http.followRedirects": "false",
            "http.lowSpeedLimit": _SLOWEST[0],
            "http.lowSpeedTime": _SLOWEST[1],
            "credential.helper": "",
            "core.askPass": "",
            "fetch.unpackLimit": "1",
            "gc.auto": "0",
            "maintenance.auto": "false",
            "protocol.allow": "never",
            f"protocol.{address.scheme}.allow": "always",
        }
        if credentials is not None and address.scheme in ("https", "http"):
            both = f"{credentials.user}:{credentials.secret}".encode()
            header = f"Authorization: Basic {base64.b64encode(both).decode()}"
            settings["http.extraHeader"] = header
            self._secrets = [credentials.secret, base64.b64encode(both).decode()]
        self._environment |= {
            "GIT_ALLOW_PROTOCOL": address.scheme,
            "GIT_ASKPASS": "",
            "SSH_ASKPASS": "",
            "GIT_SSH_COMMAND": _SSH,
            "GIT_CONFIG_COUNT": str(len(settings)),
        }
        for number, (key, value) in enumerate(settings.items()):
            self._environment |= {
                f"GIT_CONFIG_KEY_{number}": key,
                f"GIT_CONFIG_VALUE_{number}": value,
            }

    def run(self, arguments: Sequence[str], *, directory: Path, stdin: bytes = b"") -> bytes:
        """Run git in a directory and return what it printed.

        A home directory without a `.netrc` is part of what keeps the user's passwords out.

        Raises:
            TokenRefused, ProjectGone, ForgeUnreachable: the server said so, or said nothing.
            GitError: git failed for another reason.
        """
        finished = subprocess.run(
            ["git", *arguments],
            input=stdin,
            capture_output=True,
            env=self._environment
            | {"HOME": str(directory), "GIT_CEILING_DIRECTORIES": str(directory.parent)},
            cwd=directory,
            check=False,
        )
        if finished.returncode != 0:
            raise self._failure(
                arguments, finished.returncode, finished.stderr.decode(errors="replace")
            )
        return finished.stdout

    def _failure(self, arguments: Sequence[str], status: int, said: str) -> Exception:
        for secret in self._secrets:
            said = said.replace(secret, "…")
        said = "".join(letter for letter in said if letter.isprintable() or letter == "\n")
        place = self.address.shown
        # the address itself may hold any word
        told = said.replace(place, "").replace(self.address.path, "")
        if _REFUSED.search(told):
            return TokenRefused(
                f"{place} did not let us fetch: give a token that may read the code "
                "(landed connect), or check the ssh key"
            )
        if _GONE.search(told):
            return ProjectGone(
                f"there is no repository at {place}, or the token may not see it: check its name "
                "and the token's access"
            )
        if _MOVED.search(told):
            return ForgeError(
                f"{place} sends us to another address: the repository may have been renamed; run "
                "landed sync again, so that the forge tells its new address"
            )
        if _UNREACHABLE.search(told):
            reason = said.strip().splitlines()[-1] if said.strip() else "no answer"
            return ForgeUnreachable(
                f"{place} could not be reached ({reason}): check the network, then run again; "
                "what was fetched before is used until then"
            )
        return GitError(arguments, status, said)
