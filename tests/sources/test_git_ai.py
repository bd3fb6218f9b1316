"""git-ai authorship notes, sound and hostile."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.sources.claims import Contributor
from landed.sources.git_ai import parse_git_ai

METADATA = {
    "schema_version": "authorship/3.0.0",
    "base_commit_sha": "0" * 40,
    "prompts": {
        "abcd1234abcd1234": {
            "agent_id": {"tool": "cursor", "id": "c-1", "model": "gpt-5"},
            "accepted_lines": 20,
            "overriden_lines": 0,
        },
        "9ae52e3": {"agent_id": {"tool": "cursor", "id": "c-2", "model": "unknown"}},
    },
    "humans": {"h_31dce776f88375": {"author": "Ana <ana@example.com>"}},
    "sessions": {
        "s_c9883b05a2487d": {"agent_id": {"tool": "claude", "id": "s-1", "model": "claude-opus"}}
    },
}


def note(attested: str, metadata: object = METADATA) -> bytes:
    return f"{attested}---\n".encode() + orjson.dumps(metadata)


def test_sessions_known_humans_and_older_keys_resolve() -> None:
    found = parse_git_ai(
        note(
            "src/main.rs\n"
            "  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1-10,15\n"
            "  h_31dce776f88375 42-50\n"
            "src/lib.rs\n"
            "  abcd1234abcd1234 7\n"
            "  9ae52e3 8-9\n"
        )
    )

    assert [(claim.path, claim.contributor, claim.ranges) for claim in found.claims] == [
        (
            "src/main.rs",
            Contributor("ai", "claude", "claude-opus", "s-1"),
            ((1, 10), (15, 15)),
        ),
        ("src/main.rs", Contributor("human"), ((42, 50),)),
        ("src/lib.rs", Contributor("ai", "cursor", "gpt-5", "c-1"), ((7, 7),)),
        ("src/lib.rs", Contributor("ai", "cursor", None, "c-2"), ((8, 9),)),
    ]
    assert found.faults == {}


def test_a_key_that_resolves_to_nothing_is_unknown() -> None:
    found = parse_git_ai(note("a.py\n  ffffffffffffffff 1\n  human 2\n  h_00000000000000 3\n"))

    assert [claim.contributor.who for claim in found.claims] == ["unknown"] * 3
    assert found.faults == {"unresolved-key": 3}


def test_paths_with_spaces_are_quoted() -> None:
    found = parse_git_ai(note('"my file.rs"\n  9ae52e3 1\n'))

    assert found.claims[0].path == "my file.rs"


@pytest.mark.parametrize(
    "ranges", ["0", "0-3", "-4", "9-3", "1-99999999999", "9999999999", "x", "", "1-", "١", "1-2-3"]
)
def test_ranges_that_no_file_can_have_are_counted(ranges: str) -> None:
    found = parse_git_ai(note(f"a.py\n  9ae52e3 {ranges},5\n"))

    assert [claim.ranges for claim in found.claims] == [((5, 5),)]
    assert found.faults == {"bad-range": 1}


def test_a_note_without_a_divider_says_nothing() -> None:
    found = parse_git_ai(b"a.py\n  9ae52e3 1\n" + orjson.dumps(METADATA))

    assert (found.claims, found.faults) == ([], {"no-divider": 1})


@pytest.mark.parametrize("torn", [b"{", b"[]", b"null", b'{"prompts": {"9ae52e3"'])
def test_torn_metadata_resolves_nobody(torn: bytes) -> None:
    found = parse_git_ai(b"a.py\n  9ae52e3 1\n---\n" + torn)

    assert found.faults.get("broken-metadata", found.faults.get("unknown-version")) == 1
    assert all(claim.contributor.who == "unknown" for claim in found.claims)


def test_another_major_version_is_not_believed() -> None:
    later = METADATA | {"schema_version": "authorship/4.0.0"}

    assert parse_git_ai(note("a.py\n  9ae52e3 1\n", later)).faults == {"unknown-version": 1}


def test_a_note_that_attests_nothing_is_no_fault() -> None:
    assert parse_git_ai(note("")).faults == {}


@pytest.mark.parametrize("odd", [3, [], "x", {"9ae52e3": 3}, {"9ae52e3": {"agent_id": []}}])
def test_metadata_of_odd_types_resolves_nobody(odd: object) -> None:
    found = parse_git_ai(note("a.py\n  9ae52e3 1\n", METADATA | {"prompts": odd}))

    assert [claim.contributor.who for claim in found.claims] == ["unknown"]


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_no_bytes_are_an_error(attested: bytes, metadata: bytes) -> None:
    found = parse_git_ai(attested + b"\n---\n" + metadata)

    assert all(
        first >= 1 and last >= first for claim in found.claims for first, last in claim.ranges
    )
