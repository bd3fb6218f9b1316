"""`landed hook` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.hook.shop import Shop, lines

from landed.cli import run


@pytest.fixture
def shop(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = Shop(tmp_path / "shop", home)
    monkeypatch.chdir(shop.path)
    return shop


def test_install_says_what_is_there_and_how_notes_travel(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.session().write("cart.py", lines("total = price * count"))

    assert run(["hook", "install"]) == 0

    assert capsys.readouterr().out == (
        "post-commit   installed\n"
        "post-rewrite  installed\n"
        f"in            {shop.path}/.git/hooks\n"
        "Claude Code   not connected\n"
        "waiting       1 edit by agents that no commit has yet\n"
        "notes travel  with git push origin refs/notes/ai\n"
    )
    shop.commit()
    assert shop.attested() == {"cart.py": [1]}


def test_status_before_during_and_after(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    def states() -> list[bool]:
        assert run(["hook", "status", str(shop.path), "--json"]) == 0
        document = json.loads(capsys.readouterr().out)
        return [hook["installed"] for hook in document["hooks"]]

    assert states() == [False, False]
    assert run(["hook", "install", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["edits_waiting"] == 0
    assert states() == [True, True]
    assert run(["hook", "uninstall", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["claude_code"] is False
    assert states() == [False, False]
    assert not (shop.path / ".git" / "landed").exists()


def test_status_counts_notes_and_tells_who_gets_them_and_what_failed(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["hook", "install"]) == 0
    shop.session().write("cart.py", lines("total = price * count"))
    shop.commit()
    shop.git("config", "--add", "remote.upstream.push", "+refs/notes/*:refs/notes/*")
    shop.git("config", "--add", "remote.origin.push", "refs/heads/main")
    (shop.path / ".git" / "landed" / "hook.log").write_text("something \x1b[31mfailed\n")
    capsys.readouterr()

    assert run(["hook", "status"]) == 0

    out = capsys.readouterr().out
    assert "notes         1 in refs/notes/ai\n" in out
    assert "notes travel  with every push to upstream\n" in out
    assert "\x1b" not in out
    assert "failed\n" in out


def test_the_hooks_of_the_current_git_ai_are_mentioned(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop.home / ".git-ai" / "bin").mkdir(parents=True)

    assert run(["hook", "status"]) == 0

    assert "git-ai        installed" in capsys.readouterr().out


def test_claude_is_connected_only_where_it_is_asked_for(shop: Shop) -> None:
    settings = shop.path / ".claude" / "settings.local.json"

    assert run(["hook", "install"]) == 0
    assert not settings.exists()
    assert run(["hook", "install", "--claude"]) == 0
    assert "landed.hook.run catch-up" in settings.read_text()
    assert run(["hook", "uninstall"]) == 0
    assert not settings.exists()


def test_only_the_agents_of_the_configuration_are_read(
    shop: Shop, tmp_path: Path, home: Path
) -> None:
    copied = tmp_path / "from a container"
    configuration = tmp_path / "landed.toml"
    configuration.write_text(f"[sessions]\nagents = ['claude-code']\nhomes = ['{copied}']\n")
    shop.session().write("cart.py", lines("total = price * count"))
    (home / ".claude").rename(tmp_path / "moved")
    copied.mkdir()
    (tmp_path / "moved").rename(copied / ".claude")

    assert run(["--config", str(configuration), "hook", "install"]) == 0
    shop.commit()
    assert shop.attested() == {"cart.py": [1]}

    configuration.write_text("[sessions]\nagents = ['codex']\n")
    assert run(["--config", str(configuration), "hook", "install"]) == 0
    shop.session().write("pay.py", lines("pay(total)"))
    shop.commit()
    assert shop.note() == ""


def test_where_no_log_may_be_read_nothing_is_installed(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configuration = tmp_path / "landed.toml"
    configuration.write_text("[sessions]\nread = false\n")

    assert run(["--config", str(configuration), "hook", "install"]) == 2

    assert "sessions.read is false" in capsys.readouterr().err
    assert not (shop.path / ".git" / "hooks").exists()


def test_a_hooks_path_of_everybody_is_one_line_and_exit_code_two(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.git("config", "core.hooksPath", str(tmp_path / "hooks"))

    assert run(["hook", "install"]) == 2

    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "--shared" in told


def test_what_is_no_work_tree_is_one_line_and_exit_code_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["hook", "status", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
