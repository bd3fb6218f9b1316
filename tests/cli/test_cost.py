"""`landed cost` as people call it, over logs that real agents wrote."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson
import pytest

from landed import cli

CAPTURES = Path(__file__).parents[1] / "data" / "agents"
CLAUDE_CODE = CAPTURES / "claude-code" / "calc.jsonl"
CODEX = "rollout-2026-11-21T19-35-50-01a1ff9b-9d4b-70d3-9a02-ca9e0bc40878.jsonl"
OPENCODE = CAPTURES / "opencode" / "opencode.db"


@pytest.fixture
def logs(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with one session each of Claude Code, Codex and OpenCode."""
    monkeypatch.setenv("TZ", "UTC")
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "OPENCODE_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    place(CLAUDE_CODE, home / ".claude" / "projects" / "-project")
    place(CAPTURES / "codex" / CODEX, home / ".codex" / "sessions" / "2026" / "11" / "21")
    place(OPENCODE, home / ".local" / "share" / "opencode")
    return home


def place(file: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, folder)


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert cli.run(["cost", *arguments, "--json"]) == 0
    found: dict[str, object] = orjson.loads(capsys.readouterr().out)
    return found


@pytest.mark.usefixtures("logs")
def test_captured_sessions_cost_what_their_clients_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = as_json(capsys, "--by", "agent")

    amounts = {
        row["key"]: (row["calls"], row["list_microdollars"], row["reported_microdollars"])
        for row in found["rows"]  # type: ignore[attr-defined]
    }
    assert amounts == {
        "claude-code": (4, 125_450, None),
        # 11,000 tokens at $5, 12,000 cached at $0.50, 800 of output at $30 a million
        "codex": (4, 85_000, None),
        # four times 2,000 at $3, 1,000 cached at $0.30, 100 of output at $15 a million; OpenCode
        # itself was configured to bill cached tokens at nothing
        "opencode": (4, 31_200, 30_000),
    }


@pytest.mark.usefixtures("logs")
def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["cost"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [
        *("Model", "calls", "input", "c.read", "c.write", "output", "cached", "list", "$"),
    ]
    assert lines[1].split() == [
        *("claude-opus-4-8", "4", "3.66k", "90.0k", "8.00k", "486", "89", "%", "0.1255"),
    ]
    assert lines[4].startswith("Total")
    assert "By agents' own account: $0.03" in lines


@pytest.mark.usefixtures("logs")
def test_a_second_run_finds_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    first = as_json(capsys)

    assert as_json(capsys) == first


@pytest.mark.usefixtures("logs")
def test_windows_and_days(capsys: pytest.CaptureFixture[str]) -> None:
    days = as_json(capsys, "--by", "day", "--timezone", "Asia/Tokyo")
    none = as_json(capsys, "--until", "2026-11-20")

    assert [row["key"] for row in days["rows"]] == ["2026-11-22"]  # type: ignore[attr-defined]
    assert none["rows"] == []


@pytest.mark.usefixtures("logs")
def test_only_the_sessions_of_a_repository(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other" / ".git" / "objects").mkdir(parents=True)
    (tmp_path / "other" / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    monkeypatch.chdir(tmp_path / "other")

    assert as_json(capsys, "--here")["rows"] == []
    assert as_json(capsys, str(tmp_path / "other"))["rows"] == []
    assert len(as_json(capsys, "--all")["rows"]) == 3  # type: ignore[arg-type]


@pytest.mark.usefixtures("logs")
def test_reconcile(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "paid.toml").write_text(
        '[[cash.invoices]]\nvendor = "openai"\nmonth = "2026-11"\namount = 0.05\n'
    )
    chosen = ["--config", str(tmp_path / "paid.toml")]

    found = as_json(capsys, "--reconcile", *chosen)
    assert cli.run(["cost", "--reconcile", *chosen]) == 0

    rows = {row["vendor"]: row for row in found["rows"]}  # type: ignore[attr-defined]
    assert rows["openai"]["difference_microdollars"] == -35_000
    assert rows["anthropic"]["paid_microdollars"] is None
    assert "less was paid than list" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--since", "yesterday"], "--since yesterday is no date"),
        (["--timezone", "Mars/Olympus"], "--timezone Mars/Olympus is no time zone"),
        (["--reconcile", "--here"], "name no repository with it"),
        (["--by", "person"], "Invalid value for '--by'"),
        (["nowhere"], "There is no such path: nowhere"),
    ],
)
def test_what_a_person_can_put_right(
    capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    assert cli.run(["cost", *arguments]) == 2

    assert complaint in capsys.readouterr().err
