"""Line-level records of a repository: git-ai notes, Agent Trace notes and the trace file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from landed.attribution.state import State
from landed.errors import GitError
from landed.sources.agent_trace import NOTES_REF, TRACE_FILE, parse_agent_trace
from landed.sources.claims import Claim, Claims
from landed.sources.git.notes import LARGEST_NOTE, list_notes, read_notes
from landed.sources.git.objects import read_objects
from landed.sources.git.scratch import Scratch
from landed.sources.git_ai import parse_git_ai

GIT_AI = "git-ai"
AGENT_TRACE = "agent-trace"

Faults = dict[tuple[str, str, str], int]
"""How often what went wrong, by source, kind and subject."""


@dataclass
class Records:
    """The records that are to be read now.

    `notes` has for each notes ref the blob of each commit's note, `trace` the trace file's text,
    and `settled` how many of its first bytes were read before. `absolute` are faults that were
    counted over everything, not only over what is new.
    """

    notes: dict[str, dict[str, str]] = field(default_factory=dict)
    trace: bytes = b""
    settled: int = 0
    faults: Faults = field(default_factory=dict)
    absolute: Faults = field(default_factory=dict)


def find_records(
    scratch: Scratch, known: State | None, present: State, index: dict[str, int]
) -> Records | None:
    """Return what has to be read: all records where `known` is None, else what was added since.

    `index` gives the position of every commit of the ledger. None where something read before has
    changed or gone, so that everything has to be read again.
    """
    before, gone = _list_notes(scratch, known.notes if known else {})
    now, unreadable = _list_notes(scratch, present.notes)
    if gone or any(now.get(commit) != note for commit, note in before.items()):
        return None
    found = Records()
    for ref in unreadable:
        _count(found.absolute, (_source_of(ref), "unreadable-notes", ref))
    read = known.commits if known else 0
    for (source, commit), (ref, blob) in now.items():
        at = index.get(commit)
        if at is None:
            _count(found.absolute, (source, "unknown-commit", ref))
        elif (source, commit) not in before or at >= read:
            found.notes.setdefault(ref, {})[commit] = blob
    return found if _find_trace(scratch, known, present, found) else None


def read_claims(
    scratch: Scratch, records: Records, index: dict[str, int], new_from: int
) -> Iterator[tuple[str, int, Claim]]:
    """Yield (source, commit index, claim) for everything that the records say of known commits.

    Of the part of the trace file that was read before, only claims about commits from
    `new_from` on are new.
    """
    for ref, notes in records.notes.items():
        source = _source_of(ref)
        parse: Callable[[bytes], Claims] = parse_git_ai if source == GIT_AI else parse_agent_trace
        for note in read_notes(scratch, notes, sorted(notes, key=index.__getitem__)):
            if note.text is None:
                _count(records.faults, (source, "unreadable-note", ref))
                continue
            claims = parse(note.text)
            _take_faults(records, source, ref, claims)
            yield from ((source, index[note.commit], claim) for claim in claims.claims)
    yield from _of_trace_file(records, index, new_from)


def _of_trace_file(
    records: Records, index: dict[str, int], new_from: int
) -> Iterator[tuple[str, int, Claim]]:
    if not records.trace:
        return
    old = parse_agent_trace(records.trace[: records.settled]) if records.settled else Claims()
    new = parse_agent_trace(records.trace[records.settled :])
    _take_faults(records, AGENT_TRACE, TRACE_FILE, new)
    missing = (AGENT_TRACE, "unknown-commit", TRACE_FILE)
    for claims, first in ((old.claims, new_from), (new.claims, 0)):
        for claim in claims:
            at = index.get(claim.commit or "")
            if at is None:
                _count(records.absolute, missing)
            elif at >= first:
                yield AGENT_TRACE, at, claim


def _list_notes(
    scratch: Scratch, refs: dict[str, str]
) -> tuple[dict[tuple[str, str], tuple[str, str]], list[str]]:
    """Return (source, commit) → (ref, blob), the first ref winning, and the refs not readable."""
    notes: dict[tuple[str, str], tuple[str, str]] = {}
    unreadable = []
    for ref, target in refs.items():
        try:
            listed = list_notes(scratch, target)
        except GitError:
            unreadable.append(ref)
            continue
        for commit, blob in listed.items():
            notes.setdefault((_source_of(ref), commit), (ref, blob))
    return notes, unreadable


def _find_trace(scratch: Scratch, known: State | None, present: State, found: Records) -> bool:
    """Fetch the trace file; false where what was read of it before is no longer its beginning."""
    before = known.trace if known else None
    if present.trace is None:
        return before is None
    texts = {
        blob.name: blob.body
        for blob in read_objects(
            scratch, dict.fromkeys((before or present.trace, present.trace)), limit=LARGEST_NOTE
        )
    }
    text = texts[present.trace]
    if text is None:
        _count(found.absolute, (AGENT_TRACE, "unreadable-note", TRACE_FILE))
        return True
    found.trace = text
    if before is None:
        return True
    old = texts[before]
    if old is None or not text.startswith(old):
        return False
    if (
        not old.endswith(b"\n")
        and not text[len(old) :].startswith((b"\n", b"\r\n"))
        and old != text
    ):
        return False
    found.settled = len(old)
    return True


def _source_of(ref: str) -> str:
    return AGENT_TRACE if ref == NOTES_REF else GIT_AI


def _take_faults(records: Records, source: str, subject: str, claims: Claims) -> None:
    for kind, count in claims.faults.items():
        _count(records.faults, (source, kind, subject), count)


def _count(faults: Faults, key: tuple[str, str, str], count: int = 1) -> None:
    faults[key] = faults.get(key, 0) + count
