"""Claude Code's own hook in the settings of one person and one work tree."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.hook.shop import Shop, lines

from landed.errors import ConfigurationError
from landed.hook.claude import connect, disconnect, is_connected

THEIRS = '{"permissions": {"allow": ["Bash"]},\n "hooks": {"Stop": [{"hooks": []}]}}'


def settings_of(shop: Shop) -> Path:
    return shop.path / ".claude" / "settings.local.json"


def commands(path: Path) -> list[str]:
    groups: list[dict[str, Any]] = json.loads(path.read_text())["hooks"]["Stop"]
    return [hook["command"] for group in groups for hook in group["hooks"]]


def test_connecting_twice_adds_one_hook_and_disconnecting_leaves_nothing(shop: Shop) -> None:
    connect(shop.place)
    connect(shop.place)

    assert is_connected(shop.place)
    assert len(commands(settings_of(shop))) == 1

    disconnect(shop.place)

    assert not is_connected(shop.place)
    assert not (shop.path / ".claude").exists()


def test_what_stood_in_the_file_comes_back_byte_for_byte(shop: Shop) -> None:
    path = settings_of(shop)
    path.parent.mkdir()
    path.write_text(THEIRS)

    connect(shop.place)
    assert json.loads(path.read_text())["permissions"] == {"allow": ["Bash"]}
    disconnect(shop.place)

    assert path.read_text() == THEIRS


def test_what_was_changed_since_stays_changed(shop: Shop) -> None:
    path = settings_of(shop)
    path.parent.mkdir()
    path.write_text(THEIRS)
    connect(shop.place)
    changed = json.loads(path.read_text())
    changed["model"] = "opus"
    path.write_text(json.dumps(changed))

    disconnect(shop.place)

    assert json.loads(path.read_text()) == {**json.loads(THEIRS), "model": "opus"}


@pytest.mark.parametrize("text", ["{", "[]", '{"hooks": []}', '{"hooks": {"Stop": {}}}'])
def test_a_file_that_is_not_understood_is_left_as_it_is(shop: Shop, text: str) -> None:
    path = settings_of(shop)
    path.parent.mkdir()
    path.write_text(text)

    with pytest.raises(ConfigurationError):
        connect(shop.place)

    assert path.read_text() == text
    assert not is_connected(shop.place)


def test_a_file_that_git_tracks_is_left_as_it_is(shop: Shop) -> None:
    shop.write(".claude/settings.local.json", "{}")
    shop.commit()

    with pytest.raises(ConfigurationError, match="git tracks"):
        connect(shop.place)

    assert settings_of(shop).read_text() == "{}"


def test_the_command_reads_what_is_new(shop: Shop) -> None:
    connect(shop.place)
    agent = shop.session()
    agent.write("cart.py", lines("total = price * count"))
    shop.git("config", "alias.stopped", f"!{commands(settings_of(shop))[0]}")

    shop.git("stopped")
    agent.path.unlink()
    shop.git("add", "cart.py")
    shop.git("commit", "-q", "-m", "Change")

    assert shop.attested() == {"cart.py": [1]}


def test_the_command_does_nothing_outside_of_a_repository(shop: Shop, tmp_path: Path) -> None:
    connect(shop.place)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    done = subprocess.run(
        commands(settings_of(shop))[0], shell=True, cwd=elsewhere, capture_output=True
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert not list(elsewhere.iterdir())
