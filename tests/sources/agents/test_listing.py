"""A folder of logs that may not be read is no empty folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from landed.sources.agents.contract import AgentReader, Home
from landed.sources.agents.listing import readable
from landed.sources.agents.registry import agent_readers

FOLDERS = {
    "claude-code": ".claude/projects",
    "codex": ".codex/sessions",
    "copilot-cli": ".copilot/session-state",
    "cursor": ".cursor/projects",
    "gemini-cli": ".gemini/tmp",
    "opencode": ".local/share/opencode",
    "qwen-code": ".qwen/projects",
}


def reader_of(agent: str) -> AgentReader:
    return next(reader for reader in agent_readers() if reader.agent == agent)


@pytest.mark.parametrize("agent", FOLDERS)
def test_a_folder_without_permission_is_told(
    agent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / FOLDERS[agent]
    folder.mkdir(parents=True)
    # who runs the tests as root may read everything: the answer of the system is made up
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != folder or not mode)

    with pytest.raises(PermissionError, match="no permission to read"):
        list(reader_of(agent).locate(Home(tmp_path, {})))


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert list(readable(tmp_path / "nowhere").glob("*")) == []
