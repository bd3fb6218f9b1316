"""The organisation on this machine: a forge and a git server on loopback, Ana's clones and logs."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.histories.served import serve
from tests.organisation.forge import github
from tests.organisation.history import Historian, Repository, write
from tests.organisation.logs import WORKED_IN, write_logs
from tests.organisation.plan import ANA, NAMES
from tests.organisation.truth import Truth
from tests.servers.github_forge import TOKEN, GitHubServer, serving

TOKEN_VARIABLE = "ACME_TOKEN"


@dataclass(frozen=True)
class World:
    """Everything that runs and lies there.

    Attributes:
        code: the folder with a clone of each repository.
        home: Ana's home directory, with her agent's logs and her `landed.toml`.
        forge: the server of the forge's API.
        truths: what is true of each repository, by name.
    """

    code: Path
    home: Path
    forge: GitHubServer
    truths: dict[str, Truth]

    @property
    def clones(self) -> list[Path]:
        """The clones, in the order of the script."""
        return [self.code / name for name in NAMES]


@contextmanager
def build_world(top: Path, home: Path, *, more: str = "") -> Iterator[World]:
    """Make it under `top`; `more` is added to `landed.toml`. Its servers end with the block."""
    repositories: list[Repository] = []
    for name in NAMES:
        repository = Historian(name).tell()
        write(repository, top / "git" / "acme" / f"{name}.git")
        write_logs(repository, home)
        repositories.append(repository)
    with serve(top / "git", secret=TOKEN) as git:
        address = git.address("acme/x").removesuffix("/acme/x.git")
        with serving(github(repositories, address)) as forge:
            for name in NAMES:
                _clone(top / "git" / "acme" / f"{name}.git", top / "code" / name)
                _git(
                    top / "code" / name, "remote", "set-url", "origin", git.address(f"acme/{name}")
                )
            _configure(home, top / "code", forge, more)
            yield World(top / "code", home, forge, {one.name: Truth(one) for one in repositories})


def _clone(source: Path, path: Path) -> None:
    subprocess.run(["git", "clone", "-q", str(source), str(path)], check=True)
    _git(path, "config", "user.name", ANA[0])
    _git(path, "config", "user.email", ANA[1])


def _git(path: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(path), *arguments], check=True)


def _configure(home: Path, code: Path, forge: GitHubServer, more: str) -> None:
    config = home / ".config" / "landed"
    config.mkdir(parents=True, exist_ok=True)
    (config / "landed.toml").write_text(
        f"""{more}
[[sessions.paths]]
log = "{WORKED_IN}"
here = "{code}"

[[connections]]
forge = "github"
url = "{forge.url}"
organisations = ["acme"]
token = "environment:{TOKEN_VARIABLE}"
""",
        "utf-8",
    )
