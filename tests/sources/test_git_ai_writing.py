"""Writing git-ai notes: our own parser, and the form of git-ai's notes, get the same lines back."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from landed.sources.claims import Contributor
from landed.sources.git_ai import parse_git_ai
from landed.sources.git_ai_writing import (
    AuthorshipNote,
    can_be_named,
    edit_key,
    parted,
    read_note,
    write_note,
)

names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
places = st.dictionaries(
    names,
    st.dictionaries(st.integers(1, 400), st.integers(0, 3), min_size=1, max_size=40),
    max_size=5,
)


def written(files: dict[str, dict[int, int]]) -> AuthorshipNote:
    """A note in which edit 0 and 1 are of one session, 2 and 3 of another."""
    note = AuthorshipNote("c0ffee")
    for path, lines in files.items():
        for line, edit in lines.items():
            if can_be_named(path):
                agent = "claude-code" if edit < 2 else "codex"
                key = note.add_session(agent, f"session {edit // 2}", None, "Ana <a@example.com>")
                note.add_line(path, line, edit_key(key, f"edit {edit}"))
    return note


@given(places)
def test_our_parser_reads_exactly_the_lines_that_were_written(
    files: dict[str, dict[int, int]],
) -> None:
    claims = parse_git_ai(write_note(written(files)))

    found: Counter[tuple[str, int, str]] = Counter()
    for claim in claims.claims:
        tool = claim.contributor.tool
        for first, last in claim.ranges:
            found.update((claim.path, line, tool or "") for line in range(first, last + 1))
    assert claims.faults == {}
    assert found == Counter(
        (path, line, "claude" if edit < 2 else "codex")
        for path, lines in files.items()
        if can_be_named(path)
        for line, edit in lines.items()
    )


@given(places)
def test_a_note_taken_apart_and_written_again_is_the_same(files: dict[str, dict[int, int]]) -> None:
    text = write_note(written(files))

    note = read_note(text)

    assert note is not None
    assert note.ours
    assert write_note(note) == text


def test_the_form_is_that_of_git_ai() -> None:
    note = AuthorshipNote("4b825dc642cb6eb9a060e54bf8d69288fbee4904", "landed/1")
    first = note.add_session("claude-code", "6ef2299e", "claude-opus-4-8", "Ana <ana@example.com>")
    for line in (3, 4, 5, 9):
        note.add_line("src/my cart.py", line, edit_key(first, "one"))
    note.add_line("src/my cart.py", 7, edit_key(first, "two"))

    assert write_note(note).decode() == (
        '"src/my cart.py"\n'
        "  s_dd686438877dca::t_7692c3ad3540bb 3-5,9\n"
        "  s_dd686438877dca::t_3fc4ccfe745870 7\n"
        "---\n"
        "{\n"
        '  "schema_version": "authorship/3.0.0",\n'
        '  "git_ai_version": "landed/1",\n'
        '  "base_commit_sha": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",\n'
        '  "prompts": {},\n'
        '  "sessions": {\n'
        '    "s_dd686438877dca": {\n'
        '      "agent_id": {\n'
        '        "tool": "claude",\n'
        '        "id": "6ef2299e",\n'
        '        "model": "claude-opus-4-8"\n'
        "      },\n"
        '      "human_author": "Ana <ana@example.com>"\n'
        "    }\n"
        "  }\n"
        "}\n"
    )


def test_the_key_of_a_session_is_the_one_that_git_ai_makes() -> None:
    note = AuthorshipNote("c0ffee")

    # a session and its key as they stand in a note that git-ai 1.6.24 wrote
    key = note.add_session("claude-code", "c3235b29-c1ae-4376-a5d8-2f2bd098aace", None, "Ana")

    assert key == "s_11c3e1cdda522c"


def test_a_model_that_is_not_known_is_read_back_as_not_known() -> None:
    note = AuthorshipNote("c0ffee")
    note.add_line("a.py", 1, note.add_session("opencode", "s", None, "Ana <ana@example.com>"))

    (claim,) = parse_git_ai(write_note(note)).claims

    assert claim.contributor == Contributor("ai", "opencode", None, "s")


def test_notes_that_git_has_joined_are_parted() -> None:
    first, second = write_note(AuthorshipNote("1")), write_note(AuthorshipNote("2"))

    assert parted(first) == [first]
    assert parted(first + b"\n" + second) == [first.rstrip(b"\n"), second]


def test_what_is_not_understood_is_not_taken_apart() -> None:
    sound = write_note(AuthorshipNote("1"))

    assert read_note(sound) is not None
    assert read_note(b"") is None
    assert read_note(b"hello") is None
    assert read_note(sound.replace(b"3.0.0", b"3.1.0")) is None
    assert read_note(b"a.py\n  h_1 5-4\n" + sound) is None
    assert read_note(b"a.py\n  h_1 1-99999999\n" + sound) is None
    assert read_note(sound[:-5]) is None
