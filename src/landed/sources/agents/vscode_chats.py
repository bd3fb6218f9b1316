"""The chat sessions of VS Code: one JSON document each, or the journal of changes to one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from landed.sources.agents.contract import (
    Change,
    DecidedBy,
    Decision,
    Edit,
    Microseconds,
    Reading,
    Reference,
    Session,
    Status,
    Turn,
)
from landed.sources.agents.fields import mapping, moment, objects, path_of_uri, text, whole
from landed.sources.agents.shell import commits_made, may_change_files
from landed.sources.agents.timeline import Timeline
from landed.sources.agents.vscode_tools import INVOCATIONS, SHELL, WRITERS, files_of

_SNAPSHOT, _SET, _PUSH, _DELETE = range(4)
_DENIED, _NOT_NEEDED, _BY_SETTING, _BY_RULE, _BY_PERSON, _SKIPPED = range(6)
_KEPT, _UNDONE, _MODIFIED = 1, 2, 3
_CANCELLED = 2


def document(path: Path, reading: Reading) -> dict[str, Any]:
    """Return the chat session in a file, as it stands at its end; what is broken is counted.

    Raises:
        OSError: the file cannot be read.
    """
    content = path.read_bytes()
    if path.suffix == ".jsonl":
        return _replayed(content.split(b"\n"), reading)
    try:
        session = orjson.loads(content)
    except orjson.JSONDecodeError:
        reading.fault("not-json")
        return {}
    if not isinstance(session, dict):
        reading.fault("not-an-object")
        return {}
    return session


def user_of(session: dict[str, Any]) -> str | None:
    """Return the account that asks, None where VS Code only calls it the user."""
    user = text(session, "requesterUsername")
    return user if user != "User" else None


def _replayed(lines: Iterable[bytes], reading: Reading) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for line in lines:
        if not line.strip():
            continue
        try:
            entry = orjson.loads(line)
        except orjson.JSONDecodeError:
            reading.fault("not-json")
            continue
        if not isinstance(entry, dict):
            reading.fault("not-an-object")
        elif entry.get("kind") == _SNAPSHOT and isinstance(entry.get("v"), dict):
            root = entry["v"]
        elif not _changed(root, entry):
            reading.fault("bad-patch")
    return root


def _changed(root: dict[str, Any], entry: dict[str, Any]) -> bool:
    """Make one change to the document; tell whether it could be made."""
    keys = entry.get("k")
    if not isinstance(keys, list) or not keys:
        return False
    place: Any = root
    for key in keys[:-1]:
        place = _at(place, key)
    last, value, kind = keys[-1], entry.get("v"), entry.get("kind")
    if kind == _PUSH:
        found = _at(place, last)
        if found is None and isinstance(place, dict) and isinstance(last, str):
            found = place[last] = []
        if not isinstance(found, list) or not isinstance(value, list | None):
            return False
        cut = entry.get("i")
        if type(cut) is int and cut >= 0:
            del found[cut:]
        found += value or []
        return True
    if isinstance(place, dict) and isinstance(last, str) and kind in (_SET, _DELETE):
        if kind == _SET:
            place[last] = value
        else:
            place.pop(last, None)
        return True
    if isinstance(place, list) and type(last) is int and kind == _SET and 0 <= last <= len(place):
        place[last : last + 1] = [value]
        return True
    return False


def _at(place: Any, key: Any) -> Any:
    if isinstance(place, dict) and isinstance(key, str):
        return place.get(key)
    if isinstance(place, list) and type(key) is int and 0 <= key < len(place):
        return place[key]
    return None


class Chat:
    """Turns one chat session into records.

    `name` is its key where the document names none, `cwd` the folder its window has open,
    `counted` whether another log counts its tokens.
    """

    def __init__(
        self, session: dict[str, Any], name: str, cwd: str | None, counted: bool, reading: Reading
    ) -> None:
        self._name = text(session, "sessionId") or name
        self._cwd = cwd
        self._counted = counted
        self._reading = reading
        self._timeline = Timeline(self._name)
        self._undecided: dict[str, list[Edit]] = {}
        started = moment(session.get("creationDate"))
        self._session = Session(
            self._name, started or 0, started or 0, cwd=cwd, user=user_of(session)
        )
        self._requests = objects(session, "requests")

    def take(self) -> None:
        """Add what the whole session tells."""
        for number, request in enumerate(self._requests):
            self._take_request(request, text(request, "requestId") or f"{self._name}:{number}")
        if self._session.started_at:
            self._reading.sessions.append(self._session)
        elif self._requests:
            self._reading.fault("bad-time")
        self._reading.activities += self._timeline.taken()

    def _take_request(self, request: dict[str, Any], key: str) -> None:
        at = moment(request.get("timestamp"))
        if at is None:
            self._reading.fault("bad-time")
            at = self._session.ended_at
            if not at:
                return
        lasted = whole(request, "result", "timings", "totalElapsed") or whole(request, "elapsedMs")
        until = min(at + lasted * 1000, at + 86_400_000_000)
        cancelled = request.get("isCanceled") is True or (
            mapping(request, "modelState").get("value") == _CANCELLED
        )
        self._session.started_at = min(self._session.started_at or at, at)
        self._session.ended_at = max(self._session.ended_at, until)
        self._reading.turns.append(Turn(key, self._name, at, until, interrupted=cancelled))
        self._timeline.person(key, at)
        self._decide(request, key, at)
        self._timeline.agent(key, at, until)
        if cancelled:
            self._timeline.person(key, until)
        self._take_calls(request, key, until, cancelled)
        if not self._counted and mapping(request, "result"):
            self._reading.fault("no-token-counts")

    def _decide(self, request: dict[str, Any], key: str, at: Microseconds) -> None:
        """Take what the person did with edited files since the request before."""
        for event in objects(request, "editedFileEvents"):
            path, kind = path_of_uri(event.get("uri")), event.get("eventKind")
            edits = self._undecided.get(path or "", [])
            if kind == _MODIFIED:
                for edit in edits:
                    edit.changed_by_user = True
            elif kind in (_KEPT, _UNDONE):
                for edit in self._undecided.pop(path or "", []):
                    edit.decided_by = "person"
                    if kind == _UNDONE:
                        edit.status = "refused"
                    self._reading.decisions.append(
                        Decision(edit.edit, self._name, key, at, edit.tool, kind == _KEPT, "person")
                    )

    def _take_calls(
        self, request: dict[str, Any], key: str, at: Microseconds, cancelled: bool
    ) -> None:
        metadata = mapping(request, "result", "metadata")
        calls = [
            call
            for round_ in objects(metadata, "toolCallRounds")
            for call in objects(round_, "toolCalls")
        ]
        response = objects(request, "response")
        groups: dict[str, list[Any]] = {}
        for part in response:
            path = path_of_uri(part.get("uri")) if part.get("kind") == "textEditGroup" else None
            if path is not None and isinstance(part.get("edits"), list):
                groups.setdefault(path, []).extend(part["edits"])
        confirmed = _confirmations(calls, response)
        covered: set[str] = set()
        for number, call in enumerate(calls):
            tool = text(call, "name")
            name = text(call, "id") or f"{key}:{number}"
            refused, by = confirmed.get(number, (False, None))
            if tool in WRITERS:
                files = files_of(tool, call.get("arguments"), self._cwd)
                for file in files:
                    status: Status = "refused" if refused else "applied"
                    if not refused and (cancelled or groups) and file.path not in groups:
                        status = "failed"
                    covered.add(file.path)
                    edit = Edit(
                        edit=name if len(files) == 1 else f"{name}:{file.path}",
                        session=self._name,
                        turn=key,
                        at=at,
                        path=file.path,
                        tool=tool,
                        status=status,
                        kind="rename" if file.moved_to else file.kind,
                        changes=file.changes,
                        before="" if file.kind == "create" else None,
                        moved_to=file.moved_to,
                        decided_by=by,
                    )
                    self._add(edit)
            elif tool == SHELL:
                self._take_command(call, name, key, at, refused, by, metadata)
        for path, edits in groups.items():
            if path not in covered:
                self._take_group(path, edits, key, at)

    def _add(self, edit: Edit) -> None:
        self._reading.edits.append(edit)
        if edit.status == "applied":
            self._undecided.setdefault(edit.path, []).append(edit)

    def _take_group(self, path: str, edits: list[Any], key: str, at: Microseconds) -> None:
        """Take an edit of which the log has the new text and the range, but not the old text."""
        rows = [
            line
            for part in edits
            for edit in (part if isinstance(part, list) else [])
            if isinstance(edit, dict)
            for line in _whole_lines(edit)
        ]
        self._reading.fault("edit-without-old-text")
        if rows:
            changes = (Change((), tuple(rows)),)
            self._add(
                Edit(
                    f"{key}:{path}",
                    self._name,
                    key,
                    at,
                    path,
                    "textEditGroup",
                    "applied",
                    changes=changes,
                )
            )

    def _take_command(
        self,
        call: dict[str, Any],
        name: str,
        key: str,
        at: Microseconds,
        refused: bool,
        by: DecidedBy | None,
        metadata: dict[str, Any],
    ) -> None:
        arguments = call.get("arguments")
        try:
            given = orjson.loads(arguments) if isinstance(arguments, str) else arguments
        except orjson.JSONDecodeError:
            self._reading.fault("not-json")
            return
        if may_change_files(text(given, "command") or ""):
            status: Status = "refused" if refused else "applied"
            where = self._cwd or ""
            self._reading.edits.append(
                Edit(name, self._name, key, at, where, SHELL, status, "shell", decided_by=by)
            )
        for part in objects(mapping(metadata, "toolCallResults").get(name), "content"):
            for commit in commits_made(text(part, "value") or ""):
                self._reading.references.append(Reference(self._name, "commit", commit, at, key))


def _whole_lines(edit: dict[str, Any]) -> list[str]:
    """Return the lines that an edit writes from their beginning on."""
    lines = (text(edit, "text") or "").split("\n")
    if whole(edit, "range", "startColumn") > 1:
        lines = lines[1:]
    return lines[:-1] if lines and not lines[-1] else lines


def _confirmations(
    calls: list[dict[str, Any]], response: list[dict[str, Any]]
) -> dict[int, tuple[bool, DecidedBy | None]]:
    """Return, by number of the call, whether it was refused and by whom it was decided.

    The response names calls otherwise than the rounds do: calls of one tool are paired in order,
    where there are as many of both.
    """
    shown: dict[str, dict[str, Any]] = {}
    for part in response:
        if part.get("kind") == "toolInvocationSerialized":
            # A later state of the same invocation replaces the earlier one, in its place.
            shown[text(part, "toolCallId") or f"#{len(shown)}"] = part
    found: dict[int, tuple[bool, DecidedBy | None]] = {}
    for tool, invocation in INVOCATIONS.items():
        numbers = [number for number, call in enumerate(calls) if call.get("name") == tool]
        parts = [part for part in shown.values() if part.get("toolId") == invocation]
        if len(numbers) == len(parts):
            for number, part in zip(numbers, parts, strict=True):
                found[number] = _confirmation(part.get("isConfirmed"))
    return found


def _confirmation(confirmed: object) -> tuple[bool, DecidedBy | None]:
    kind = confirmed.get("type") if isinstance(confirmed, dict) else None
    if confirmed is False or kind in (_DENIED, _SKIPPED):
        return True, "person"
    if kind == _BY_PERSON:
        return False, "person"
    return False, "automatic" if kind in (_NOT_NEEDED, _BY_SETTING, _BY_RULE) else None
