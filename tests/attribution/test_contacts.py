"""Who people are by .mailmap."""

from __future__ import annotations

from pathlib import Path

from tests.histories.builder import History

from landed.attribution.contacts import canonical_contacts, find_file
from landed.sources.git.scratch import Scratch


def test_names_of_any_form_come_back_in_their_order(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write(".mailmap", "Ana <ana@example.com> <ana@old.example>\n")
    tip = history.commit("Add")
    contacts = [
        ("x", "ana@old.example"),
        ("", ""),
        ("", "Ben@Example.com"),
        ("Eve <eve@example.com>\nAna", "ana@old.example"),
        ("naïve \udcff 漢字", "a b@example.com"),
    ]

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        canonical, wrong = canonical_contacts(
            scratch, find_file(scratch, tip, ".mailmap"), contacts
        )

    assert wrong is None
    assert [email for _, email in canonical] == [
        "ana@example.com",
        "",
        "ben@example.com",
        "ana@example.com",
        "a b@example.com",
    ]
    assert [canonical[0][0], canonical[3][0]] == ["Ana", "Ana"]


def test_without_a_mailmap_everybody_is_who_they_say(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    tip = history.commit("Add")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        mailmap = find_file(scratch, tip, ".mailmap")
        canonical, wrong = canonical_contacts(scratch, mailmap, [("Ana", "Ana@Example.com")])

    assert (mailmap, canonical, wrong) == (None, [("Ana", "ana@example.com")], None)


def test_a_mailmap_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.symlink(".mailmap", "/etc/passwd")
    tip = history.commit("Add")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        assert find_file(scratch, tip, ".mailmap") is None


def test_a_mailmap_whose_object_is_missing_leaves_people_as_they_are(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.commit("Add")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        canonical, _ = canonical_contacts(scratch, "f" * 40, [("Ana", "ana@example.com")])

    assert canonical == [("Ana", "ana@example.com")]
