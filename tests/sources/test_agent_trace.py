"""Agent Trace records, sound and hostile."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.sources.agent_trace import parse_agent_trace
from landed.sources.claims import Contributor


def record(
    ranges: object = None, contributor: object = None, path: object = "a.py", **more: Any
) -> dict[str, Any]:
    return {
        "version": "0.1.0",
        "id": "r-1",
        "vcs": {"type": "git", "revision": "A" * 40},
        "tool": {"name": "cursor", "version": "2.4.0"},
        "files": [
            {
                "path": path,
                "conversations": [
                    {
                        "url": "https://example.com/c/1",
                        "contributor": contributor or {"type": "ai", "model_id": "openai/gpt-5"},
                        "ranges": [{"start_line": 2, "end_line": 4}] if ranges is None else ranges,
                    }
                ],
            }
        ],
    } | more


def test_a_record_names_commit_path_lines_and_contributor() -> None:
    found = parse_agent_trace(orjson.dumps(record()))

    assert len(found.claims) == 1
    claim = found.claims[0]
    assert (claim.commit, claim.path, claim.ranges) == ("a" * 40, "a.py", ((2, 4),))
    assert claim.contributor == Contributor(
        "ai", "cursor", "openai/gpt-5", "https://example.com/c/1"
    )


@pytest.mark.parametrize("who", ["ai", "human", "mixed", "unknown"])
def test_all_types_of_contributors_are_kept(who: str) -> None:
    claims = parse_agent_trace(orjson.dumps(record(contributor={"type": who}))).claims

    assert [claim.contributor.who for claim in claims] == [who]
    assert claims[0].contributor.tool == ("cursor" if who in ("ai", "mixed") else None)


def test_a_range_may_name_its_own_contributor() -> None:
    ranges = [{"start_line": 1, "end_line": 1, "contributor": {"type": "human"}}]

    assert [
        claim.contributor.who for claim in parse_agent_trace(orjson.dumps(record(ranges))).claims
    ] == ["human"]


def test_records_come_one_a_line_and_torn_ones_are_counted() -> None:
    text = orjson.dumps(record()) + b"\n{torn\n\n" + orjson.dumps(record()) + b"\n3\n"

    found = parse_agent_trace(text)
    assert len(found.claims) == 2
    assert found.faults == {"broken-record": 2}


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (record([{"start_line": 0, "end_line": 3}]), "bad-range"),
        (record([{"start_line": 5, "end_line": 3}]), "bad-range"),
        (record([{"start_line": 1, "end_line": 2**40}]), "bad-range"),
        (record([{"start_line": True, "end_line": 3}]), "bad-range"),
        (record([{"start_line": 1}]), "bad-range"),
        (record(contributor={"type": "ghost"}), "bad-contributor"),
        (record(path="../../etc/passwd"), "bad-path"),
        (record(path="/etc/passwd"), "bad-path"),
        (record(path=7), "bad-path"),
        (record(version="9.0"), "unknown-version"),
        (record(vcs={"type": "hg", "revision": "1"}), "other-vcs"),
        (record(files="a.py"), "broken-record"),
    ],
)
def test_what_cannot_be_is_counted(wrong: dict[str, Any], fault: str) -> None:
    found = parse_agent_trace(orjson.dumps(wrong))

    assert (found.claims, found.faults) == ([], {fault: 1})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["version", "files", "path", "conversations", "ranges", "vcs", "tool"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_document_is_an_error(document: Any) -> None:
    if isinstance(document, dict):
        document["version"] = "0.1.0"
    assert parse_agent_trace(orjson.dumps(document)).claims is not None


@given(st.binary(max_size=100))
def test_no_bytes_are_an_error(text: bytes) -> None:
    assert parse_agent_trace(text).claims == []
