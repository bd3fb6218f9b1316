"""git-ai authorship notes: which lines of a commit which agent session or known human wrote.

A note is a list of paths, each followed by indented entries `KEY RANGES`, then a line `---`, then
JSON that resolves the keys. Keys are `s_…::t_…` (a session and one of its edits), `h_…` (a human
who was seen typing), or bare digits of the older form (16, before that 7), found in `prompts`.
"""

from __future__ import annotations

from typing import Any

import orjson

from landed.sources.claims import LARGEST_LINE, Claim, Claims, Contributor

_DIVIDER = b"---"
_VERSION = "authorship/3."
_UNKNOWN = Contributor("unknown")
_UNTOLD_MODELS = frozenset({"", "unknown", "default", "<synthetic>"})


def parse_git_ai(note: bytes) -> Claims:
    """Return what a git-ai note says; a key that resolves to nothing is an unknown contributor.

    Faults: `no-divider`, `broken-metadata`, `unknown-version` (nothing is believed then),
    `entry-without-path`, `malformed-entry`, `bad-range`, `unresolved-key`.
    """
    found = Claims()
    attested, divided, metadata = _divide(note)
    if not divided:
        found.fault("no-divider")
        return found
    if not attested.strip():
        return found
    contributors = _contributors(metadata, found)
    if contributors is None:
        return found
    path: str | None = None
    for row in attested.decode("utf-8", "surrogateescape").split("\n"):
        if not row.strip():
            continue
        if not row.startswith(" "):
            path = _unquoted(row.rstrip("\r"))
        elif path is None:
            found.fault("entry-without-path")
        else:
            _take_entry(row, path, contributors, found)
    return found


def _divide(note: bytes) -> tuple[bytes, bool, bytes]:
    if note.startswith((_DIVIDER + b"\n", _DIVIDER + b"\r\n")):
        return b"", True, note[len(_DIVIDER) :]
    for divider in (b"\n---\n", b"\n---\r\n"):
        attested, mark, metadata = note.partition(divider)
        if mark:
            return attested, True, metadata
    return note, False, b""


def _contributors(metadata: bytes, found: Claims) -> dict[str, Contributor] | None:
    try:
        document = orjson.loads(metadata)
    except orjson.JSONDecodeError:
        found.fault("broken-metadata")
        return {}
    if not isinstance(document, dict):
        found.fault("broken-metadata")
        return {}
    if not str(document.get("schema_version")).startswith(_VERSION):
        found.fault("unknown-version")
        return None
    contributors: dict[str, Contributor] = {}
    for section in ("prompts", "sessions"):
        for key, record in _records(document, section):
            agent = record.get("agent_id")
            if isinstance(agent, dict):
                contributors[key] = _agent(agent)
    for key, _ in _records(document, "humans"):
        contributors[key] = Contributor("human")
    return contributors


def _records(document: dict[str, Any], section: str) -> list[tuple[str, dict[str, Any]]]:
    records = document.get(section)
    if not isinstance(records, dict):
        return []
    return [(key, record) for key, record in records.items() if isinstance(record, dict)]


def _agent(agent: dict[str, Any]) -> Contributor:
    model = _text(agent.get("model"))
    model = None if model is None else model.strip('"')
    return Contributor(
        "ai",
        tool=_text(agent.get("tool")),
        model=None if model is None or model.lower() in _UNTOLD_MODELS else model,
        session=_text(agent.get("id")),
    )


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _unquoted(row: str) -> str:
    if len(row) >= 2 and row.startswith('"') and row.endswith('"'):
        return row[1:-1]
    return row


def _take_entry(row: str, path: str, contributors: dict[str, Contributor], found: Claims) -> None:
    key, _, listed = row.strip().partition(" ")
    if not listed:
        found.fault("malformed-entry")
        return
    contributor = contributors.get(key.partition("::")[0])
    if contributor is None:
        contributor = _UNKNOWN
        found.fault("unresolved-key")
    ranges = []
    for written in listed.split(","):
        first, dash, last = written.strip().partition("-")
        start = _line_number(first)
        end = _line_number(last) if dash else start
        if start and end and start <= end:
            ranges.append((start, end))
        else:
            found.fault("bad-range")
    if ranges:
        found.claims.append(Claim(None, path, contributor, key, tuple(ranges)))


def _line_number(text: str) -> int:
    """Return a line number, or 0 where it is none."""
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        return 0
    number = int(text)
    return number if number <= LARGEST_LINE else 0
