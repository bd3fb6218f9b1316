"""Writing git-ai authorship notes (`authorship/3.0.0`), and taking them apart to be merged.

The form is that of git-ai's own notes: `landed.sources.git_ai` reads what is written here to the
same lines. A note holds paths, line numbers, keys, and of each session the agent, its own id, the
model and the commit's author: no code, no prompt, no message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from landed import __version__
from landed.sources.git_ai import parse_git_ai

SCHEMA = "authorship/3.0.0"
WRITER = "landed/"
"""How the version of the writer begins in our own notes."""

_SECTIONS = {"s_": "sessions", "h_": "humans"}
_TOOLS = {
    "claude-code": "claude",
    "copilot-cli": "github-copilot-cli",
    "copilot-vscode": "github-copilot",
    "gemini-cli": "gemini",
}
_UNTOLD_MODEL = "unknown"
_MOST_LINES = 1_000_000
_JOINT = b"\n}\n\n"


@dataclass
class AuthorshipNote:
    """A note in parts.

    `lines` names for each path and line, from 1, the key that wrote it. `records` are the JSON
    records of the keys, by section (`prompts`, `humans`, `sessions`). `base` is the commit that
    the lines were numbered in, `writer` the version of the program that wrote the note.
    """

    base: str
    writer: str = f"{WRITER}{__version__}"
    lines: dict[str, dict[int, str]] = field(default_factory=dict)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def ours(self) -> bool:
        """Whether Landed wrote it."""
        return self.writer.startswith(WRITER)

    def add_session(self, agent: str, session: str, model: str | None, author: str) -> str:
        """Record a session that has written lines, once; return the first half of its keys."""
        tool = _TOOLS.get(agent, agent)
        key = f"s_{_digest(f'{tool}:{session}')}"
        agent_id = {"tool": tool, "id": session, "model": model or _UNTOLD_MODEL}
        record = {"agent_id": agent_id, "human_author": author}
        self.records.setdefault("sessions", {}).setdefault(key, record)
        return key

    def add_line(self, path: str, line: int, key: str) -> bool:
        """Say who wrote a line; False where the path has no form in a note."""
        if not can_be_named(path):
            return False
        self.lines.setdefault(path, {})[line] = key
        return True

    def take_record(self, key: str, other: AuthorshipNote) -> bool:
        """Take over the record of a key from another note; False where it has none."""
        section, name = _record_of(key)
        record = other.records.get(section, {}).get(name)
        if record is None:
            return False
        self.records.setdefault(section, {}).setdefault(name, record)
        return True


def edit_key(session_key: str, edit: str) -> str:
    """Return the key of one edit of a session: the same whenever it is made again."""
    return f"{session_key}::t_{_digest(edit)}"


def can_be_named(path: str) -> bool:
    """Whether a path can stand in a note: the form knows no escapes."""
    return bool(path) and path != "---" and '"' not in path and path.isprintable()


def write_note(note: AuthorshipNote) -> bytes:
    """Return the text of a note, its paths, keys and lines in order."""
    rows: list[str] = []
    for path in sorted(note.lines):
        keyed: dict[str, list[int]] = {}
        for line, key in sorted(note.lines[path].items()):
            keyed.setdefault(key, []).append(line)
        if keyed:
            rows.append(f'"{path}"' if " " in path else path)
            rows += [f"  {key} {_ranges(lines)}" for key, lines in keyed.items()]
    metadata: dict[str, Any] = {
        "schema_version": SCHEMA,
        "git_ai_version": note.writer,
        "base_commit_sha": note.base,
        "prompts": {},
    }
    for section, records in note.records.items():
        if records:
            metadata[section] = dict(sorted(records.items()))
    attested = "".join(f"{row}\n" for row in rows)
    document = orjson.dumps(metadata, option=orjson.OPT_INDENT_2)
    return attested.encode() + b"---\n" + document + b"\n"


def read_note(text: bytes) -> AuthorshipNote | None:
    """Take a note apart; None where it is of another schema or not understood.

    A key without a record is understood: it leads to nobody.
    """
    claims = parse_git_ai(text)
    divided = text if text.startswith(b"---\n") else text.partition(b"\n---\n")[2]
    try:
        metadata = orjson.loads(divided.removeprefix(b"---\n"))
    except orjson.JSONDecodeError:
        return None
    if not isinstance(metadata, dict) or metadata.get("schema_version") != SCHEMA:
        return None
    if claims.faults.keys() - {"unresolved-key"}:
        return None
    note = AuthorshipNote(str(metadata.get("base_commit_sha")), str(metadata.get("git_ai_version")))
    for section in ("prompts", "humans", "sessions"):
        records = metadata.get(section)
        if isinstance(records, dict):
            note.records[section] = records
    for claim in claims.claims:
        for first, last in claim.ranges:
            if last - first > _MOST_LINES:
                return None
            for line in range(first, last + 1):
                note.add_line(claim.path, line, claim.key)
    return note


def parted(text: bytes) -> list[bytes]:
    """Return the notes that git has joined with a blank line between; one, as a rule."""
    *first, last = text.split(_JOINT)
    return [*(part + _JOINT.rstrip(b"\n") for part in first), last]


def _record_of(key: str) -> tuple[str, str]:
    name = key.partition("::")[0]
    return _SECTIONS.get(name[:2], "prompts"), name


def _ranges(lines: Iterable[int]) -> str:
    """Return ascending line numbers as git-ai lists them: `3,5-9`."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and runs[-1][1] == line - 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:14]
