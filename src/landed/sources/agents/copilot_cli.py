"""GitHub Copilot's command line: `~/.copilot/session-state/*/events.jsonl` and its session store.

Never seen for real here. The form of the events is that of the generated types of Copilot's own
public SDK; the form of the session store, and what a denied tool call or an edit's result looks
like, is taken from public parsers, their fixtures and published descriptions of captures.

Events hold prompts, tool calls and git context, and no token counts. The counts of each call
stand in the session store (`session-store.db`), where input includes what was read from and
written to the cache. Where a session was not (or not wholly) counted there, the totals of
`session.shutdown` give the rest. Those totals go on over resumes: only what is new in them, and
not in the store, is a call. An edit's lines are those of the diff that its result shows, which
has line numbers; without one, those of its arguments, which have none.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from landed.sources.agents.contract import Home, Log, Reading
from landed.sources.agents.copilot_events import Events, Unfinished
from landed.sources.agents.copilot_store import read_store
from landed.sources.agents.databases import stamp
from landed.sources.agents.jsonlines import new_lines, object_of
from landed.sources.agents.listing import readable

_FORM = 1
_STORE = "session-store.db"


class CopilotCli:
    """Reads the sessions of GitHub Copilot's command line."""

    agent = "copilot-cli"

    def locate(self, home: Home) -> Iterator[Log]:
        """Yield the logs of every session, and the store that counts the calls of all."""
        folder = home.path("COPILOT_HOME", ".copilot")
        state = readable(folder / "session-state")
        found = state.glob("*/events.jsonl")
        older = state.glob("*.jsonl")
        for path in sorted([*found, *older]):
            yield Log(path, stamp(path))
        if (folder / _STORE).is_file():
            yield Log(folder / _STORE, stamp(folder / _STORE))

    def read(self, log: Log, state: dict[str, Any] | None) -> Iterator[Reading]:
        """Yield what is new in a session's events, or in the store."""
        if log.path.suffix == ".db":
            yield from read_store(log.path, state)
        else:
            yield from _read_events(log.path, state)


def _read_events(path: Path, state: dict[str, Any] | None) -> Iterator[Reading]:
    known = state if state is not None and state.get("form") == _FORM else None
    position, memory = (known["position"], known["memory"]) if known else (None, None)
    resume = known
    unfinished: Unfinished = {}
    store = _store_of(path)
    try:
        for part in new_lines(path, position):
            if part.restarted:
                memory, resume = None, None
            reading = Reading()
            if part.overlong:
                reading.fault("overlong-line", part.overlong)
            events = Events(path, store, memory, unfinished, reading)
            for line in part.lines:
                events.take(object_of(line, reading) or {})
            memory = _copy(events.finish())
            after = {"form": _FORM, "position": part.position, "memory": memory}
            # The arguments of a call that has no result yet stand in these lines, and code is not
            # kept in states: the lines are read again.
            reading.state = resume if unfinished else after
            resume = after
            yield reading
            if part.unfinished.strip():
                last = Reading(state=reading.state)
                events = Events(path, store, _copy(memory), dict(unfinished), last)
                event = object_of(part.unfinished, last)
                if event is None:
                    last.faults = {"torn-line": 1}
                else:
                    events.take(event)
                    events.finish()
                yield last
    except OSError:
        failed = Reading(state=state)
        failed.fault("unreadable-file")
        yield failed


def _copy(memory: dict[str, Any]) -> dict[str, Any]:
    copied: dict[str, Any] = orjson.loads(orjson.dumps(memory))
    return copied


def _store_of(path: Path) -> Path:
    folder = path.parent if path.name != "events.jsonl" else path.parent.parent
    return folder.parent / _STORE
