"""How single values are told: people by their addresses, odd ids by hashes, folders never."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.push.conftest import KEY
from tests.sources.agents.claude_code_logs import answer, lines, prompt

from landed.config import Settings
from landed.push.connection import keep_connection, new_connection
from landed.push.sending import Pushed, preview

URL = "https://landed.example.com"


def write(home: Path, *records: dict[str, Any], name: str = "s") -> None:
    folder = home / ".claude" / "projects" / "x"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.jsonl").write_bytes(lines(*records))


def told(table: str) -> list[dict[str, Any]]:
    """The rows of a table that would leave."""
    settings = Settings.load()
    connection = new_connection(settings, URL, "", None)
    keep_connection(connection)
    connection.keep_key(KEY)
    batches = list(preview(settings, connection, Pushed()))
    return [row for batch in batches for name, row in batch.rows() if name == table]


def test_somebody_is_told_by_the_address_that_git_knows(home: Path) -> None:
    write(home, prompt(1), answer(2))
    (home / ".gitconfig").write_text("[user]\n\temail = Ana@Example.com\n")

    assert [row["machine_user"] for row in told("session")] == ["ana@example.com"]


def test_or_by_the_settings(home: Path) -> None:
    write(home, prompt(1), answer(2))
    config = home / ".config" / "landed"
    config.mkdir(parents=True)
    person = {"emails": ["ana@acme.example"], "logins": [getpass.getuser()]}
    (config / "landed.toml").write_text(
        f"[[people]]\nemails = {person['emails']}\nlogins = {person['logins']}\n"
    )

    assert [row["machine_user"] for row in told("session")] == ["ana@acme.example"]


def test_or_by_a_hash_where_nobody_says_who_it_is(home: Path) -> None:
    write(home, prompt(1), answer(2))

    (user,) = [row["machine_user"] for row in told("session")]

    assert user.startswith("hidden:") and getpass.getuser() not in user


def test_equal_ids_are_hidden_alike_in_all_tables(home: Path) -> None:
    odd = f"notes of {getpass.getuser()}"
    write(home, prompt(1, sessionId=odd), answer(2) | {"sessionId": odd})

    (session,) = [row["session"] for row in told("session")]

    assert session.startswith("hidden:")
    assert {row["session"] for row in told("turn") + told("model_call")} == {session}


@pytest.mark.parametrize(
    ("request_id", "leaves"),
    [
        ("req_011CTxyz", True),
        ("e29d8902-3923-438f-94d4-83aad4bcbd93/af11af01ff10a5956", True),
        ("home/ana/notes", False),
        ("what did you do", False),
    ],
)
def test_ids_of_programs_leave_and_others_are_hidden(
    home: Path, request_id: str, leaves: bool
) -> None:
    write(home, prompt(1), answer(2, request_id))

    (call,) = [row["call"] for row in told("model_call")]

    assert call == request_id if leaves else call.startswith("hidden:")


def test_a_model_that_is_no_name_is_told_as_unknown(home: Path) -> None:
    message = answer(2)
    message["message"]["model"] = f"/home/{getpass.getuser()}/models/own.gguf"
    write(home, prompt(1), message)

    assert [row["model"] for row in told("model_call")] == [None]
    assert b"gguf" not in orjson.dumps(told("model_call"))
