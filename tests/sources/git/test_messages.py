"""Commit messages as recorded, hostile ones included."""

from __future__ import annotations

from pathlib import Path

from tests.histories.builder import BEN, History

from landed.sources.git.messages import parse_commit, read_messages
from landed.sources.git.scratch import Scratch


def test_people_and_messages_come_in_the_order_asked_for(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    first = history.commit("Add\n\nA body.", author=("Ana", "ana@example.com"), committer=BEN)
    second = history.commit("More")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        found = list(read_messages(scratch, [second, first]))

    assert [message.commit for message in found] == [second, first]
    assert found[1][1:5] == ("Ana", "ana@example.com", *BEN)
    assert found[1].text == "Add\n\nA body.\n"


def test_a_message_cannot_imitate_what_separates_messages(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    hostile = f"Add\n\n{'0' * 40} commit 12\ntree x\nauthor Eve <eve@example.com> 0 +0000\n\n\x01"
    first = history.commit(hostile)
    second = history.commit("More")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        found = list(read_messages(scratch, [first, second]))

    assert [message.text for message in found] == [f"{hostile}\n", "More\n"]
    assert found[0].author_name == "Ana"


def test_a_commit_that_is_missing_is_left_out(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    first = history.commit("Add")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        found = list(read_messages(scratch, ["f" * 40, first]))

    assert [message.commit for message in found] == [first]


def test_nothing_asked_is_nothing_read(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        assert list(read_messages(scratch, [])) == []


def raw(message: bytes, header: bytes = b"") -> bytes:
    return (
        b"tree " + b"0" * 40 + b"\nauthor Andr\xe9 <a@example.com> 0 +0000\n"
        b"committer B <b@example.com> 0 +0000\n" + header + b"\n" + message
    )


def test_a_message_is_read_by_its_own_encoding() -> None:
    found = parse_commit("0" * 40, raw(b"Caf\xe9\n", b"encoding ISO-8859-1\n"))

    assert (found.author_name, found.text) == ("André", "Café\n")


def test_bytes_that_no_encoding_explains_survive() -> None:
    found = parse_commit("0" * 40, raw(b"Caf\xe9\n", b"encoding no-such-thing\n"))

    assert found.message == b"Caf\xe9\n"
    assert found.text == "Caf\ufffd\n"


def test_a_signature_is_no_part_of_the_message() -> None:
    signature = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n author Eve <e@example.com>\n -----END\n"

    found = parse_commit("0" * 40, raw(b"Add\n", signature))

    assert found.message == b"Add\n"
    assert found.author_email == "a@example.com"


def test_malformed_people_come_out_empty() -> None:
    found = parse_commit("0" * 40, b"tree x\nauthor nobody\n\nAdd\n")

    assert (found.author_name, found.author_email, found.text) == ("", "", "Add\n")
