"""Notes of others stay as they are; git-ai's own are carried on."""

from __future__ import annotations

import pytest
from tests.hook.shop import Shop, lines

from landed.sources.git_ai_writing import AuthorshipNote, write_note

THEIRS = """\
cart.py
  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1
---
{
  "schema_version": "authorship/3.0.0",
  "git_ai_version": "1.6.24",
  "base_commit_sha": "0",
  "prompts": {},
  "sessions": {
    "s_c9883b05a2487d": {
      "agent_id": {"tool": "claude", "id": "theirs", "model": "claude-opus-4-8"},
      "human_author": "Ben <ben@example.com>"
    }
  }
}"""


@pytest.mark.parametrize(
    "theirs",
    [
        THEIRS,
        THEIRS.replace("authorship/3.0.0", "authorship/4.0.0"),
        THEIRS.replace("authorship/3.0.0", "authorship/3.1.0"),
        "no note of anybody",
        "cart.py\n---\nnot JSON",
        THEIRS.replace("1.6.24", "landed/0.1.0").replace('"theirs"', ""),
    ],
    ids=["git-ai", "next schema", "newer schema", "text", "broken", "ours but broken"],
)
def test_a_note_of_others_is_never_overwritten(shop: Shop, theirs: str) -> None:
    hook = shop.path / ".git" / "hooks" / "post-commit"
    shop.session().write("cart.py", lines("total = price * count"))
    script = hook.read_text()
    hook.write_text("#!/bin/sh\nexit 0\n")
    commit = shop.commit()
    shop.git("notes", "--ref=ai", "add", "-m", theirs, commit)
    before = shop.note()
    hook.write_text(script)

    shop.git("hook", "run", "post-commit")

    assert shop.note() == before
    assert shop.complaints() == ""


def test_git_ais_note_is_carried_to_the_commit_that_took_its_place(shop: Shop) -> None:
    shop.write("cart.py", lines("total = price * count", "by = 'hand'"))
    commit = shop.commit()
    shop.git("notes", "--ref=ai", "add", "-m", THEIRS, commit)
    shop.write("cart.py", lines("import math", "total = price * count", "by = 'hand'"))
    shop.git("add", "-A")

    shop.git("commit", "-q", "--amend", "-m", "With math")

    assert shop.attested() == {"cart.py": [2]}
    assert '"human_author": "Ben <ben@example.com>"' in shop.note()
    assert shop.note(commit) == THEIRS


def test_a_note_of_another_schema_is_not_carried_on(shop: Shop) -> None:
    shop.write("cart.py", lines("total = price * count"))
    commit = shop.commit()
    newer = THEIRS.replace("authorship/3.0.0", "authorship/4.0.0")
    shop.git("notes", "--ref=ai", "add", "-m", newer, commit)

    shop.git("commit", "-q", "--amend", "-m", "Other words")

    assert shop.note() == ""


def test_known_humans_and_older_keys_are_carried_with_their_records(shop: Shop) -> None:
    shop.write("cart.py", lines("total = price", "count = 2", "pay(total)"))
    commit = shop.commit()
    theirs = AuthorshipNote(commit, "1.6.24")
    theirs.records = {
        "humans": {"h_31dce776f88375": {"author": "Ana <ana@example.com>"}},
        "prompts": {
            "abcd1234abcd1234": {
                "agent_id": {"tool": "cursor", "id": "c-1", "model": "gpt-5"},
                "accepted_lines": 1,
            }
        },
    }
    theirs.add_line("cart.py", 1, "h_31dce776f88375")
    theirs.add_line("cart.py", 2, "abcd1234abcd1234")
    shop.git("notes", "--ref=ai", "add", "-m", write_note(theirs).decode(), commit)

    shop.git("commit", "-q", "--amend", "-m", "Other words")

    told = shop.note()
    assert "  abcd1234abcd1234 2\n" in told
    assert "  h_31dce776f88375 1\n" in told
    assert '"accepted_lines": 1' in told
    assert '"author": "Ana <ana@example.com>"' in told


def test_where_git_ai_is_installed_the_notes_are_its_own(shop: Shop) -> None:
    (shop.home / ".git-ai" / "bin").mkdir(parents=True)
    shop.session().write("cart.py", lines("total = price * count"))

    shop.commit()
    shop.git("commit", "-q", "--amend", "-m", "Other words")

    assert shop.note() == ""
    assert shop.complaints() == ""
