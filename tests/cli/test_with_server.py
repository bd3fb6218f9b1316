"""Commands beside a running server of the same workspace: the same answers."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.histories.builder import History, lines
from tests.servers.store_server import serving

from landed.cli import run
from landed.store import Store
from landed.store.remote import RemoteStore

COMMANDS = (
    ["sync"],
    ["report"],
    ["cost"],
    ["sessions"],
    ["doctor"],
)
OF_THE_RUN = {
    "workspace",
    "bytes",
    "last_run_at",
    "generated_at",
    "seconds",
    "as_of",
    "path",
    "server",
}
"""What two runs of a command tell differently in any case."""


@pytest.fixture
def shop(tmp_path: Path) -> History:
    history = History(tmp_path / "shop")
    history.write("cart.py", lines("total = 0", "items = []", "tax = 0.2"))
    history.commit("Add the cart")
    history.tag("v1.0")
    history.write("menu.py", lines("dishes = []", "prices = {}"))
    history.commit("Add the menu\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    history.tag("v1.1")
    return history


def lasting(told: Any) -> Any:
    """What was told, without what belongs to the run."""
    if isinstance(told, dict):
        return {name: lasting(value) for name, value in told.items() if name not in OF_THE_RUN}
    return [lasting(value) for value in told] if isinstance(told, list) else told


def test_every_command_tells_the_same_with_and_without_a_server(
    shop: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = []
    for workspace, server in (
        (tmp_path / "alone", contextlib.nullcontext()),
        (tmp_path / "served", serving(tmp_path / "served")),
    ):
        with server:
            told = []
            for command in COMMANDS:
                where = [str(shop.path)] if command in (["sync"], ["report"]) else []
                code = run([*command, *where, "--json", "--workspace", str(workspace)])
                assert code == 0, command
                told.append(lasting(orjson.loads(capsys.readouterr().out)))
        found.append(told)

    alone, served = found
    for command, without, beside in zip(COMMANDS, alone, served, strict=True):
        assert beside == without, command
    assert found[0][1]


def test_what_was_written_through_a_server_is_there_without_it(
    shop: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = tmp_path / "workspace"
    with serving(workspace):
        assert run(["sync", str(shop.path), "--workspace", str(workspace)]) == 0
        with Store.open(workspace, read_only=True) as store:
            assert isinstance(store, RemoteStore)
            (repository,) = store.repositories_in("repository")
    capsys.readouterr()

    assert run(["sync", str(shop.path), "--workspace", str(workspace)]) == 0
    assert capsys.readouterr().out == "shop: nothing new\n"
    with Store.open(workspace, read_only=True) as store:
        assert store.read("line", repository).num_rows == 5
