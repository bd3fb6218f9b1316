"""Agent Trace records (version 0.1): who contributed which ranges of which files.

They lie in `.agent-trace/traces.jsonl`, one record a line, or in git notes on the commits.
"""

from __future__ import annotations

import posixpath
from typing import Any

import orjson

from landed.sources.claims import LARGEST_LINE, Claim, Claims, Contributor

TRACE_FILE = ".agent-trace/traces.jsonl"
NOTES_REF = "refs/notes/agent-trace"

_CONTRIBUTORS = frozenset({"ai", "human", "mixed", "unknown"})


def parse_agent_trace(text: bytes) -> Claims:
    """Return what a file or note of Agent Trace records says.

    The text holds one record a line, or one JSON document: a record or a list of them. Faults:
    `broken-record`, `unknown-version`, `other-vcs`, `bad-path`, `bad-contributor`, `bad-range`.
    """
    found = Claims()
    for record in _records(text, found):
        if not isinstance(record, dict):
            found.fault("broken-record")
        elif not str(record.get("version")).startswith("0.1"):
            found.fault("unknown-version")
        else:
            _take_record(record, found)
    return found


def _records(text: bytes, found: Claims) -> list[Any]:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        records = []
        for row in text.splitlines():
            if not row.strip():
                continue
            try:
                records.append(orjson.loads(row))
            except orjson.JSONDecodeError:
                found.fault("broken-record")
        return records
    return document if isinstance(document, list) else [document]


def _take_record(record: dict[str, Any], found: Claims) -> None:
    place = record.get("vcs")
    commit = None
    if isinstance(place, dict):
        if place.get("type") not in (None, "git"):
            found.fault("other-vcs")
            return
        revision = place.get("revision")
        commit = revision.lower() if isinstance(revision, str) and revision else None
    tool = record.get("tool")
    named = tool.get("name") if isinstance(tool, dict) else None
    key = record.get("id")
    for file in _objects(record.get("files"), found):
        path = file.get("path")
        if not isinstance(path, str) or not _inside(path):
            found.fault("bad-path")
            continue
        for conversation in _objects(file.get("conversations"), found):
            _take_conversation(
                conversation,
                commit=commit,
                path=posixpath.normpath(path),
                tool=named if isinstance(named, str) and named else None,
                key=key if isinstance(key, str) else "",
                found=found,
            )


def _inside(path: str) -> bool:
    parts = posixpath.normpath(path).split("/")
    return bool(path) and not path.startswith("/") and parts[0] not in ("..", ".")


def _take_conversation(
    conversation: dict[str, Any],
    *,
    commit: str | None,
    path: str,
    tool: str | None,
    key: str,
    found: Claims,
) -> None:
    url = conversation.get("url")
    session = url if isinstance(url, str) and url else None
    for lines in _objects(conversation.get("ranges"), found):
        # A range may name a contributor of its own, other than the conversation's.
        stated = lines.get("contributor") or conversation.get("contributor")
        contributor = _contributor(stated, tool, session)
        if contributor is None:
            found.fault("bad-contributor")
            continue
        span = _line_range(lines.get("start_line"), lines.get("end_line"))
        if span is None:
            found.fault("bad-range")
            continue
        found.claims.append(Claim(commit, path, contributor, key, (span,)))


def _contributor(stated: object, tool: str | None, session: str | None) -> Contributor | None:
    if not isinstance(stated, dict) or stated.get("type") not in _CONTRIBUTORS:
        return None
    who: str = stated["type"]
    if who not in ("ai", "mixed"):
        return Contributor(who, session=session)
    model = stated.get("model_id")
    return Contributor(who, tool, model if isinstance(model, str) and model else None, session)


def _line_range(first: object, last: object) -> tuple[int, int] | None:
    # A JSON truth value is a number in Python, but no line number.
    if type(first) is int and type(last) is int and 1 <= first <= last <= LARGEST_LINE:
        return first, last
    return None


def _objects(value: object, found: Claims) -> list[dict[str, Any]]:
    """Return the JSON objects of a list, counting whatever else stands there."""
    if value is None:
        return []
    if not isinstance(value, list):
        found.fault("broken-record")
        return []
    objects = [entry for entry in value if isinstance(entry, dict)]
    if len(objects) < len(value):
        found.fault("broken-record", len(value) - len(objects))
    return objects
