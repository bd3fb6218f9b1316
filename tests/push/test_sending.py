"""What a server has acknowledged is not sent again; what changed is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.push.conftest import KEY, Company, Laptop
from tests.push.receiver import Receiver, receiving

from landed.errors import UsageError
from landed.push import sending
from landed.push.client import PushFailed, ServerClient
from landed.push.connection import keep_connection, new_connection
from landed.push.sending import Pushed, preview, push
from landed.store import Store
from landed.sync import sync

ALL = {
    "session": 11,
    "turn": 11,
    "model_call": 32,
    "tool_decision": 19,
    "activity": 22,
    "edit": 13,
    "edit_line": 67,
    "edit_before": 14,
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def send(laptop: Laptop, receiver: Receiver) -> Pushed:
    with ServerClient(receiver.url, receiver.token, pause=lambda _: None) as client:
        return push(laptop.settings(), laptop.connection, client)


def test_everything_is_sent_once(laptop: Laptop, receiver: Receiver) -> None:
    first = send(laptop, receiver)
    again = send(laptop, receiver)

    assert first.rows == receiver.rows() == ALL
    assert (again.rows, again.batches) == ({}, 0)


def test_the_users_own_store_is_not_made(laptop: Laptop, receiver: Receiver) -> None:
    send(laptop, receiver)

    workspace = laptop.settings().workspace
    assert [path.name for path in workspace.iterdir()] == ["servers"]
    assert laptop.connection.directory.parent == workspace / "servers"
    for path in (laptop.connection.directory, *laptop.connection.directory.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_run_that_was_stopped_goes_on_where_it_was(
    laptop: Laptop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "ROWS_AT_ONCE", 30)
    receiver.answers = [(202, {})] * 3 + [(400, {})]
    with pytest.raises(PushFailed, match="refuses the batch"):
        send(laptop, receiver)
    assert len(receiver.taken) == 3

    rest = send(laptop, receiver)

    assert receiver.rows() == ALL
    assert sum(rest.rows.values()) == sum(ALL.values()) - 90


def test_the_lines_of_an_edit_stay_with_it(
    laptop: Laptop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "ROWS_AT_ONCE", 3)

    send(laptop, receiver)

    # read_batch refuses lines without their edit; each batch was read before it was sent
    assert receiver.rows() == ALL


def test_an_edit_that_is_too_large_is_told_of_without_its_lines(
    laptop: Laptop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr(sending, "MOST_LINES", 10)

    sent = send(laptop, receiver)

    assert sent.rows["edit"] == ALL["edit"]
    assert sent.without_lines > 0
    assert sent.rows["edit_line"] < ALL["edit_line"]


def test_a_session_that_goes_on_is_sent_again_and_settles(
    laptop: Laptop, receiver: Receiver, company: Company
) -> None:
    log = next(log for log in laptop.shop.logs() if ".claude" in str(log))
    whole = log.read_bytes()
    rows = whole.splitlines(keepends=True)
    log.write_bytes(b"".join(rows[: len(rows) // 2]))
    send(laptop, receiver)
    first = receiver.rows()
    log.write_bytes(whole)

    more = send(laptop, receiver)

    assert more.rows["session"] == 1
    assert first["model_call"] + more.rows.get("model_call", 0) >= ALL["model_call"]
    company.receive(receiver.taken)
    assert _counts(company) == ALL


def test_all_is_sent_anew_once_the_server_has_another_key(
    laptop: Laptop, receiver: Receiver
) -> None:
    send(laptop, receiver)
    receiver.key = KEY[::-1].hex()

    anew = send(laptop, receiver)

    assert anew.new_key and anew.rows == ALL
    assert laptop.connection.key() == KEY[::-1]


def test_a_preview_sends_nothing_and_leaves_all_to_be_sent(
    laptop: Laptop, receiver: Receiver
) -> None:
    result = Pushed()
    batches = list(preview(laptop.settings(), laptop.connection, result))

    assert result.rows == ALL and len(batches) == result.batches
    assert receiver.taken == []
    assert send(laptop, receiver).rows == ALL


def test_before_the_key_is_known_nothing_can_be_shown(laptop: Laptop) -> None:
    other = new_connection(laptop.settings(), "https://other.example.com", "", None)
    keep_connection(other)

    with pytest.raises(UsageError, match="run landed connect server"):
        list(preview(laptop.settings(), other, Pushed()))


def test_only_sessions_in_the_repositories_that_were_named_are_sent(
    laptop: Laptop, receiver: Receiver
) -> None:
    laptop.shop.git("remote", "set-url", "origin", "https://github.com/Acme/shop.git")
    laptop.connection = replace(laptop.connection, only=("github.com/other/*",))
    assert send(laptop, receiver).rows == {}

    laptop.connection = replace(laptop.connection, only=("github.com/acme/*",))
    assert send(laptop, receiver).rows == ALL


def test_a_working_tree_that_is_gone_is_still_of_its_repository(laptop: Laptop) -> None:
    # as an agent leaves it that works in a tree of its own below the repository
    laptop.shop.git("remote", "set-url", "origin", "git@github.com:acme/shop.git")
    trees = laptop.shop.path / ".claude" / "worktrees"
    config = laptop.shop.home / ".config" / "landed" / "landed.toml"
    config.write_text(f'[[sessions.paths]]\nlog = "/home/dev/shop"\nhere = "{trees}/discount"\n')

    paths = {
        row["path"].partition("//")[2]
        for batch in laptop.waiting()
        for name, row in batch.rows()
        if name == "edit" and row["path"].startswith("tree:")
    }

    assert {"cart.py", "tax.py", "discount.py"} <= paths
    assert not any(".claude" in path for path in paths)
    assert not trees.exists()


def test_a_removed_clone_is_known_by_the_store_of_its_user(laptop: Laptop) -> None:
    laptop.shop.git("remote", "set-url", "origin", "git@github.com:acme/shop.git")
    sync(laptop.shop.path, laptop.settings())
    before = places(laptop)
    assert {address for _, address in before} == {"github.com:acme/shop"}

    shutil.rmtree(laptop.shop.path)

    assert places(laptop) == before


def places(laptop: Laptop) -> set[tuple[str, str]]:
    """The working trees that sessions are told to have worked in, and their repositories."""
    return {
        (row["cwd"], row["remote"])
        for batch in laptop.waiting()
        for name, row in batch.rows()
        if name == "session"
    }


def _counts(company: Company) -> dict[str, int]:
    with Store.for_settings(company.settings, read_only=True) as store:
        return {
            name: store.query(f"select count(*) as n from {name}")["n"][0].as_py() for name in ALL
        }
