"""No line of code, no prompt, no command, no folder and no user name is in what leaves.

Texts that occur nowhere else stand in every place of a log where a person or a model wrote
something; then what leaves is searched for them, byte for byte.
"""

from __future__ import annotations

import getpass
import gzip
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.push.conftest import KEY, Laptop
from tests.sources.agents.claude_code_logs import answer, asks, line, lines, prompt, result

from landed.cli import run
from landed.config import Settings
from landed.push.connection import keep_connection, new_connection
from landed.push.sending import Pushed, preview

USER = "wilhelmina"
CANARY = "xanthophyll"
"""Part of every canary, so that one search finds any of them, cut off as they may be."""


class Canaries:
    """Texts that occur once in the world."""

    def __init__(self) -> None:
        self._numbers = count()

    def text(self, *, lines: int = 1) -> str:
        """So many lines of what might be a prompt or code."""
        return "\n".join(
            f"total_{next(self._numbers)} = {CANARY}(cart, rate)  # ask {USER}"
            for _ in range(lines)
        )

    def word(self) -> str:
        return f"{CANARY}{next(self._numbers)}"


@pytest.fixture
def home(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory that tells its user's name, as most do."""
    own = tmp_path / "home" / USER
    own.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(own))
    monkeypatch.setenv("XDG_DATA_HOME", str(own / ".local" / "share"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(own / ".config"))
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, USER)
    monkeypatch.chdir(tmp_path)
    assert home != own and getpass.getuser() == USER
    return own


def _repository(path: Path) -> Path:
    path.mkdir(parents=True)
    for arguments in (
        ["init", "-q", "-b", "main"],
        ["config", "user.email", "w.jones@example.com"],
        ["config", "user.name", CANARY],
        ["remote", "add", "origin", "git@github.com:acme/shop.git"],
        ["commit", "-q", "--allow-empty", "-m", f"Begin with {CANARY}"],
    ):
        subprocess.run(["git", "-C", str(path), *arguments], check=True, capture_output=True)
    return path


def _write_log(home: Path, shop: Path, canaries: Canaries) -> None:
    """A session with a canary wherever Claude Code writes what somebody said, did or saw."""
    where: dict[str, Any] = {"cwd": str(shop), "gitBranch": "feature/SHOP-7"}
    before = canaries.text(lines=40)
    patch = [
        {
            "oldStart": 1,
            "oldLines": 1,
            "newStart": 1,
            "newLines": 4,
            "lines": [f"-{before.splitlines()[0]}"]
            + [f"+{text}" for text in canaries.text(lines=4).splitlines()],
        }
    ]

    def edit_of(path: Path) -> dict[str, Any]:
        old, new = before.splitlines()[0], "\n".join(t[1:] for t in patch[0]["lines"][1:])
        return {"file_path": str(path), "old_string": old, "new_string": new}

    def done(path: Path) -> dict[str, Any]:
        return {
            "filePath": str(path),
            "oldString": before.splitlines()[0],
            "newString": "\n".join(t[1:] for t in patch[0]["lines"][1:]),
            "originalFile": before,
            "structuredPatch": patch,
            "userModified": False,
        }

    outside = home / canaries.word() / f"{canaries.word()}.txt"
    told: list[dict[str, Any]] = [
        {"type": "summary", "summary": canaries.text(), "leafUuid": canaries.word()},
        prompt(1, canaries.text(lines=3)),
        answer(2, "r2", content=[{"type": "thinking", "thinking": canaries.text(lines=5)}]),
        answer(3, "r3", content=[{"type": "text", "text": canaries.text(lines=2)}]),
        asks(4, "Edit", **edit_of(shop / "src" / "cart.py")),
        result(5, done(shop / "src" / "cart.py")),
        asks(6, "Edit", **edit_of(outside)),
        result(7, done(outside)),
        asks(8, "Bash", command=f"cat {outside} && {canaries.text()}", description=canaries.text()),
        result(9, {"stdout": canaries.text(lines=3), "stderr": canaries.text()}),
        asks(10, "Read", file_path=str(outside)),
        result(11, canaries.text(lines=9)),
        asks(12, "Write", file_path=str(shop / "new.py"), content=canaries.text(lines=3)),
        result(13, f"The user doesn't want to proceed: {canaries.text()}", error=True),
        prompt(14, canaries.text(), gitBranch=f"odd name {canaries.word()}"),
        asks(15, f"mcp__{USER}__search", query=canaries.text()),
        result(16, canaries.text()),
        line("system", 17, content=canaries.text(), subtype="informational"),
        line("pr-link", 18, prUrl=f"file:///home/{canaries.word()}"),
        answer(19, f"/home/{USER}/{canaries.word()}"),
    ]
    folder = home / ".claude" / "projects" / "shop"
    folder.mkdir(parents=True)
    rows = [row if row["type"] == "summary" else row | _kept(row, where) for row in told]
    (folder / "s.jsonl").write_bytes(lines(*rows))


def _kept(row: dict[str, Any], where: dict[str, Any]) -> dict[str, Any]:
    """What a line says of its place, but for what a test has put there."""
    odd = row.get("gitBranch") not in (None, "main")
    return {"cwd": where["cwd"]} if odd else where


@pytest.fixture
def settings(home: Path) -> Settings:
    """A laptop with such a log, connected."""
    shop = _repository(home / "work" / "shop")
    _write_log(home, shop, Canaries())
    settings = Settings.load()
    connection = new_connection(settings, "https://landed.example.com", "", None)
    keep_connection(connection)
    connection.keep_key(KEY)
    return settings


def _documents(settings: Settings) -> bytes:
    connection = new_connection(settings, "https://landed.example.com", "", None)
    return b"\n".join(batch.document for batch in preview(settings, connection, Pushed()))


def test_of_what_people_and_models_wrote_nothing_is_in_the_bytes_that_leave(
    settings: Settings, home: Path
) -> None:
    sent = _documents(settings)

    # it is not for want of anything to send
    tables = orjson.loads(sent.splitlines()[-1])["tables"]
    assert len(tables["edit_line"]["text_hash"]) > 10
    assert len(tables["edit_before"]["text_hash"]) > 70
    for text in (CANARY, USER, str(home), "/home", "src/../", "cart,", "rate)"):
        assert text.encode() not in sent, text
    assert b"src/cart.py" in sent and b"github.com:acme/shop" in sent
    assert b"w.jones@example.com" in sent and b"feature/SHOP-7" in sent


@pytest.mark.parametrize("more", [[], ["--full"], ["--json"]])
def test_nor_in_what_a_dry_run_prints(
    settings: Settings, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    assert settings.workspace.is_dir()

    assert run(["push", "--dry-run", *more]) == 0

    printed = "".join(capsys.readouterr())
    assert "edit_line" in printed
    assert CANARY not in printed and USER not in printed


def test_a_dry_run_prints_all_that_leaves(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["push", "--dry-run", "--full"]) == 0

    printed = [orjson.loads(row) for row in capsys.readouterr().out.splitlines()]
    connection = new_connection(settings, "https://landed.example.com", "", None)
    sent = [
        {"table": name} | row
        for batch in preview(settings, connection, Pushed())
        for name, row in batch.rows()
    ]
    assert printed == sent


def test_nothing_of_it_is_kept_beside_the_batches(settings: Settings) -> None:
    _documents(settings)
    directory = new_connection(settings, "https://landed.example.com", "", None).directory

    files = [path for path in directory.rglob("*") if path.is_file()]
    assert {"landed.duckdb", "server.json", "key"} <= {path.name for path in files}
    # the logs' own paths stay here, and what was written in them does not
    assert not any(f"{CANARY}(".encode() in path.read_bytes() for path in files)


def _texts(value: Any) -> Iterator[str]:
    """Every string in a document that more than one word stands in."""
    if isinstance(value, str):
        if len(value) > 8 and len(value.split()) > 1:
            yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def test_of_real_logs_no_line_leaves(laptop: Laptop) -> None:
    sent = b"".join(gzip.decompress(body) for body in laptop.bodies())
    said = {
        part.strip()
        for log in laptop.shop.logs()
        for row in log.read_bytes().splitlines()
        for text in _texts(orjson.loads(row))
        for part in text.splitlines()
        if len(part.split()) > 1
    }

    assert len(said) > 100
    assert [text for text in said if text.encode() in sent] == []
    assert b"/home/dev" not in sent
