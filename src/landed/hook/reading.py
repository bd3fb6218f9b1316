"""Reading what agents' logs say anew of the files of this repository."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from landed.hook.recent import Recent
from landed.sources.agents.contract import AgentReader, Edit, Home, Log, Reading
from landed.sources.agents.registry import agent_readers

_CLOCKS_DIFFER = 60.0
Complain = Callable[[str], None]


def read_news(
    recent: Recent,
    roots: list[str],
    homes: list[Home],
    agents: tuple[str, ...],
    complain: Complain,
) -> None:
    """Take into `recent` what is new in the logs under `homes`.

    Only edits of files under `roots` count, and only the named agents' logs are read (all, where
    none is named). A log that was last changed before `recent.since` is not opened. What a reader
    cannot do is told to `complain`; it costs that log only.
    """
    inside = tuple(f"{root}{os.sep}" for root in roots)
    for reader in agent_readers():
        if agents and reader.agent not in agents:
            continue
        try:
            logs = [log for home in homes for log in reader.locate(home)]
        except Exception as error:
            # a reader may be another's plug-in: whatever it raises is its own failure
            complain(f"{reader.agent}: {type(error).__name__}")
            continue
        for log in logs:
            if _is_new(recent, reader, log):
                try:
                    _read(recent, reader, log, inside)
                except Exception as error:
                    complain(f"{reader.agent}: {type(error).__name__} in {log.path}")
    _forget_logs(recent)


def _is_new(recent: Recent, reader: AgentReader, log: Log) -> bool:
    known = recent.logs.get(_key(reader, log))
    if known is not None:
        return bool(known["stamp"] != log.stamp)
    return (_changed_at(log.path) + _CLOCKS_DIFFER) * 1_000_000 >= recent.since


def _changed_at(path: Path) -> float:
    """When a file, or the journal of a database beside it, was last written; 0 if unknown."""
    latest = 0.0
    for place in (path, Path(f"{path}-wal")):
        try:
            latest = max(latest, place.stat().st_mtime)
        except OSError:
            continue
    return latest


def _read(recent: Recent, reader: AgentReader, log: Log, inside: tuple[str, ...]) -> None:
    known = recent.logs.get(_key(reader, log), {})
    for reading in reader.read(log, known.get("state")):
        models = _models(recent, reading)
        recent.take_edits(reader.agent, _edits(reading, inside), models)
        recent.logs[_key(reader, log)] = {
            "stamp": log.stamp,
            "state": reading.state,
            "read_at": int(time.time()),
        }


def _models(recent: Recent, reading: Reading) -> dict[str, str]:
    models: dict[str, str] = {}
    for call in reading.calls:
        if call.model is not None:
            models[call.call] = call.model
            recent.models[call.session] = call.model
    models.update((f"session/{session}", model) for session, model in recent.models.items())
    return models


def _edits(reading: Reading, inside: tuple[str, ...]) -> Iterator[Edit]:
    """Yield the applied edits of files of this repository, without symbolic links in paths."""
    folders = {one.session: one.cwd for one in reading.sessions}
    for edit in reading.edits:
        if edit.status != "applied" or not edit.changes:
            continue
        folder = folders.get(edit.session) or ""
        edit.path = os.path.realpath(Path(folder, edit.path))
        if edit.moved_to is not None:
            edit.moved_to = os.path.realpath(Path(folder, edit.moved_to))
        if (edit.moved_to or edit.path).startswith(inside):
            yield edit


def _forget_logs(recent: Recent) -> None:
    """Forget logs that were not written for so long that they would not be opened anew."""
    oldest = recent.since // 1_000_000
    recent.logs = {
        key: known
        for key, known in recent.logs.items()
        if known["read_at"] >= oldest or _changed_at(Path(key.partition("\t")[2])) >= oldest
    }
    sessions = {one.session for one in recent.generations}
    recent.models = {
        session: model for session, model in recent.models.items() if session in sessions
    }


def _key(reader: AgentReader, log: Log) -> str:
    return f"{reader.agent}\t{log.path}"
