"""A company's workspace with real repositories: two of six people, two of fewer."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.histories.builder import History, lines
from tests.server.running import Running, running

from landed.config import Settings
from landed.rollups import compute_rollups, write_rollups
from landed.store import Store
from landed.sync import sync

CANARY = "canary_of_the_text_of_a_line"
CLAUDE = "\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
PEOPLE = tuple(
    (name, f"{name.lower()}@example.com") for name in ("Ana", "Ben", "Cleo", "Dov", "Eve", "Fay")
)
SCRIPT = "<script>alert(1)</script>.py"
QUESTION = "what?#100%.py"
LATIN = b"caf\xe9.py"
LATIN_TEXT = '"caf\\351.py"'
LONG = "/".join(["folder" * 20] * 5) + "/long.py"
NEW_LINE = "two\nrows.py"
HUGE_LINES = 1_203


@dataclass(frozen=True)
class ReadCompany:
    """A workspace into which repositories were read; their ids by name."""

    workspace: Path
    ids: dict[str, str]

    def serving(self, copy: Path, *, loopback: bool = True, read_code: bool = False) -> Serving:
        """A server of a copy of the workspace."""
        shutil.copytree(self.workspace, copy)
        return running(copy, loopback=loopback, read_code=read_code)

    def page(self, name: str, path: str = "") -> str:
        """The address of a repository's page, or of one of its files."""
        return f"/repositories/{self.ids[name]}" + (f"/files/{quote(path)}" if path else "")


Serving = AbstractContextManager[Running]


def read_company(directory: Path) -> ReadCompany:
    """Make the repositories under `directory`, read them, and add everything up."""
    settings = Settings.model_validate(
        {
            "workspace": directory / "workspace",
            "key": "00112233445566778899aabbccddeeff",
            "sessions": {"own_home": False},
        }
    )
    ids = {
        "shop": sync(_shop(directory / "shop"), settings, ask="never").repository,
        "till": sync(_till(directory / "till"), settings, ask="never").repository,
        "small": sync(_few(directory / "small", PEOPLE[:2]), settings, ask="never").repository,
        "tiny": sync(_few(directory / "tiny", PEOPLE[2:]), settings, ask="never").repository,
    }
    with Store.for_settings(settings) as store:
        write_rollups(store, compute_rollups(store, settings))
    return ReadCompany(settings.workspace, ids)


def _shop(path: Path) -> Path:
    history = History(path)
    for number, person in enumerate(PEOPLE):
        history.write(f"src/cart/part{number}.py", lines(f"total = {number}", "count = 0"))
        message = f"Part {number}{CLAUDE if number % 2 else ''}"
        history.commit(message, author=person)
    history.write("src/cart/sum.py", lines("first = 1", CANARY, "third = 3"))
    history.commit(f"Add the sum{CLAUDE}", author=PEOPLE[0])
    history.write("src/cart/sum.py", lines("first = 1", CANARY, "third = 4"))
    history.commit("Mend the third line", author=PEOPLE[1])
    for name in (SCRIPT, QUESTION, LATIN, LONG, NEW_LINE):
        history.write(name, lines("hostile = 1"))
    history.write("picture.bin", b"\0\1\2" * 50)
    history.write("package-lock.json", lines("{", "}"))
    history.write("huge.py", lines(*(f"row_{number} = {number}" for number in range(HUGE_LINES))))
    history.symlink("link.py", "huge.py")
    history.commit("Add what is hard to show", author=PEOPLE[2])
    return path


def _till(path: Path) -> Path:
    history = History(path)
    for person in PEOPLE:
        history.write(f"{person[0]}.py", lines("till = True", "open = True"))
        history.commit(f"Open the till{CLAUDE}", author=person)
    history.tag("v1.0.0")
    return path


def _few(path: Path, people: Sequence[tuple[str, str]]) -> Path:
    history = History(path)
    for person in people:
        history.write(f"{person[0]}.py", lines("alone = True"))
        history.commit("Alone", author=person)
    return path
