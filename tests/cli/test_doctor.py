"""`landed doctor`."""

from __future__ import annotations

import getpass
import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.histories.builder import History, lines
from tests.shop import Shop, build_shop

from landed import cli
from landed.config import Settings, key_path, organisation_key
from landed.reports.connections import PLACES
from landed.sources.agents import registry
from landed.sources.agents.registry import BrokenPlugin, Readers, all_readers
from landed.store import SCHEMA_VERSION, Store


def fill(workspace: Path, *, names: list[str]) -> None:
    """A store with one repository, read once, with two problems of one kind."""
    count = len(names)
    when = pa.array([1_700_000_000_000_000], pa.timestamp("us", tz="UTC"))
    one = pa.array([1], pa.int32())
    with Store.open(workspace) as store:
        store.append(
            "path",
            pa.table({"path_index": pa.array(range(count), pa.int32()), "path": names}),
            "r1",
        )
        store.append(
            "repository",
            pa.table(
                {
                    "object_format": ["sha1"],
                    "default_branch": ["main"],
                    "head": ["a" * 40],
                    "commits": pa.array([1234], pa.int32()),
                    "mainline_length": one,
                    "shallow": [False],
                    "first_commit_at": when,
                    "last_commit_at": when,
                }
            ),
            "r1",
        )
        store.append(
            "location",
            pa.table({"path": ["/srv/shop.git"], "name": ["acme/shop"], "remote": ["x"]}),
            "r1",
        )
        store.append(
            "run",
            pa.table(
                {
                    "run": ["one"],
                    "started_at": when,
                    "finished_at": when,
                    "commits": one,
                    "lines": pa.array([5], pa.int64()),
                    "mode": ["full"],
                    "detail": ["{}"],
                }
            ),
            "r1",
        )
        store.append(
            "problem",
            pa.table(
                {
                    "source": ["git"],
                    "kind": ["missing-object"],
                    "subject": ["x"],
                    "count": pa.array([2], pa.int64()),
                    "detail": ["gone"],
                }
            ),
            "r1",
        )


def test_a_fresh_machine_has_nothing_to_put_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["doctor"]) == 0

    said = capsys.readouterr().out
    assert "empty: run landed report PATH" in said
    assert "agent sessions  not connected" in said
    assert "  codex           no logs in ~/.codex/sessions and ~/.codex/archived_sessions" in said
    assert "missing: no agent's log was found" in said
    assert "forges          not connected" in said
    assert said.endswith("nothing to put right\n")


def test_looking_makes_nothing(home: Path) -> None:
    cli.run(["doctor"])

    assert list(home.iterdir()) == []


def test_each_repository_with_its_last_run_and_problems(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path, names=["a", "b"])

    assert cli.run(["doctor", "--workspace", str(tmp_path)]) == 0

    said = capsys.readouterr().out
    assert "acme/shop\n  lies in       /srv/shop.git\n" in said
    assert "1,234 commits, 0 lines born" in said
    assert "2023-11-14 22:13 UTC (full)" in said
    assert "2 missing-object" in said


def test_the_same_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path, names=["a", "b"])

    cli.run(["doctor", "--json", "--workspace", str(tmp_path)])

    said = json.loads(capsys.readouterr().out)
    assert said["store"]["schema_version"] == SCHEMA_VERSION
    assert said["store"]["repositories"][0]["problems"] == {"missing-object": 2}
    assert said["findings"] == []


def test_how_many_files_have_an_owner(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history = History(tmp_path / "shop")
    history.write("CODEOWNERS", "*.py @acme/core\n/README @ana\n")
    for name in ("cart.py", "till.py", "README", "LICENSE"):
        history.write(name, lines(f"name = {name}"))
    history.commit("Begin")
    place = ("--workspace", str(tmp_path / "workspace"))
    assert cli.run(["sync", str(history.path), *place]) == 0
    capsys.readouterr()

    cli.run(["doctor", *place])
    cli.run(["doctor", "--json", *place])

    told, _, as_json = capsys.readouterr().out.partition("\n{")
    (owned,) = json.loads("{" + as_json)["owners"].values()
    assert owned == {"files": 5, "owned": 3, "of_teams": 2}
    assert "  owners        of 5 files 3 have an owner in CODEOWNERS, 2 a team\n" in told


def test_a_broken_key_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path, names=["a"])
    with Store.open(tmp_path) as store:
        store.append("path", store.read("path", "r1"), "r1")

    assert cli.run(["doctor", "--workspace", str(tmp_path)]) == 1
    assert (
        "to put right: 1 keys of the table path stand on more than one row"
        in capsys.readouterr().out
    )


def test_a_key_that_others_can_read_is_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    organisation_key(Settings.load())
    key_path().chmod(0o644)

    assert cli.run(["doctor"]) == 1
    assert f"chmod 600 {key_path()}" in capsys.readouterr().out


def test_a_missing_git_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert cli.run(["doctor"]) == 1
    assert "git does not run: install git 2.39 or newer" in capsys.readouterr().out


def test_an_old_git_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\necho git version 2.17.1\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert cli.run(["doctor"]) == 1
    assert "git 2.17.1 is too old" in capsys.readouterr().out


@pytest.fixture
def shop(tmp_path: Path, home: Path) -> Shop:
    return build_shop(tmp_path / "shop", home)


def looked(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert cli.run(["doctor", "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def states(found: dict[str, Any]) -> dict[str, str]:
    return {agent["agent"]: agent["state"] for agent in found["agents"]}


def missing(found: dict[str, Any]) -> list[str]:
    return [addition["what"] for addition in found["missing"]]


@pytest.mark.usefixtures("shop")
def test_logs_are_counted_before_any_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    found = looked(capsys)

    counted = {agent["agent"]: agent["logs"] for agent in found["agents"] if agent["logs"]}
    assert counted == {"claude-code": 8, "codex": 3}
    assert states(found)["claude-code"] == "not read yet"
    assert states(found)["opencode"] == "no logs"
    assert "logs of claude-code and codex were not read yet" in missing(found)


def test_whose_logs_were_read_and_what_is_missing(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["sync", str(shop.path)]) == 0
    capsys.readouterr()

    found = looked(capsys)

    assert found["sources"]["agent sessions"] == (
        "connected: claude-code (8 sessions), codex (3 sessions)"
    )
    read = {agent["agent"]: agent["read"] for agent in found["agents"] if agent["read"]}
    assert (read["claude-code"]["logs"], read["claude-code"]["edits"]) == (8, 9)
    assert (read["codex"]["sessions"], read["codex"]["edits"]) == (3, 4)
    assert read["codex"]["problems"] == {}
    assert [(one["person"], one["agent"]) for one in found["store"]["captured"]] == [
        ("dev@example.com", "claude-code"),
        ("dev@example.com", "codex"),
    ]
    assert found["hooks"] == [
        {
            "repository": "shop",
            "path": str(shop.path),
            "installed": False,
            "other_hooks": False,
            "hooks_path": None,
            "claude_code": False,
        }
    ]
    assert [what.split(":")[0] for what in missing(found)] == [
        "1 account or login of nobody known",
        "nobody's tools are declared to be all captured, so a line that no log shows is unknown, "
        "not human",
        "no git hooks in shop",
        "pull requests, reviews, checks and deployments are not seen",
    ]


def test_the_same_for_people(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    log = next(log for log in shop.logs() if ".codex" in str(log))
    log.write_text(log.read_text("utf-8") + "{torn\n", "utf-8")
    assert cli.run(["sync", str(shop.path)]) == 0
    capsys.readouterr()

    assert cli.run(["doctor"]) == 0

    said = capsys.readouterr().out
    assert f"agents          whose logs lie under {Path.home()}\n" in said
    assert "  claude-code     8 logs there, 8 sessions, 9 edits, last read " in said
    codex = next(row for row in said.splitlines() if row.startswith("  codex"))
    assert codex.endswith("UTC; problems: 1 not-json")
    assert "  dev@example.com             codex           shop, since 2026-11-22\n" in said
    assert "unpriced models none\npeople          1 identity unmatched\n" in said
    assert "  hooks         not installed\n" in said
    assert f"  to add it: landed hook install {shop.path}\n" in said


def test_what_is_connected_is_not_missing(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.configure(
        f'[[people]]\nemails = ["dev@example.com"]\nlogins = ["{getpass.getuser()}"]\n'
        "all_tools_captured_since = 2026-11-01"
    )
    assert cli.run(["hook", "install", str(shop.path)]) == 0
    assert cli.run(["sync", str(shop.path)]) == 0
    capsys.readouterr()

    found = looked(capsys)

    assert found["hooks"][0]["installed"] is True
    assert found["store"]["captured"][0]["complete_since"] == "2026-11-01"
    assert missing(found) == ["pull requests, reviews, checks and deployments are not seen"]


def test_agents_that_the_settings_leave_out(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.configure('[sessions]\nagents = ["codex"]\n')
    assert states(looked(capsys))["claude-code"] == "left out"

    shop.configure("[sessions]\nread = false\n")
    found = looked(capsys)
    assert set(states(found).values()) == {"left out"}
    assert missing(found)[0] == "agents' logs are not read"


def test_other_homes_are_looked_in(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "copies"
    shutil.copytree(shop.home / ".codex", other / ".codex")
    shop.configure(f'[sessions]\nhomes = ["{other}"]\n')

    found = looked(capsys)

    assert found["homes"] == [str(Path.home()), str(other)]
    assert {agent["agent"]: agent["logs"] for agent in found["agents"]}["codex"] == 6


def test_a_plug_in_that_does_not_load_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Readers(all_readers().readers, [BrokenPlugin("nova", "ImportError: no nova\x1b")])
    monkeypatch.setattr("landed.reports.connections.all_readers", lambda: broken)

    assert cli.run(["doctor"]) == 1
    assert r"to put right: the plug-in nova does not load: ImportError: no nova\x1b" in (
        capsys.readouterr().out
    )


def test_every_reader_of_ours_says_where_it_looks() -> None:
    assert set(PLACES) == {reader.agent for reader in registry.agent_readers()}
