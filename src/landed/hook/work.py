"""What a hook does, once it is alone: read what is new, see what has landed, write the notes."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from landed.hook.carrying import carry
from landed.hook.chosen import load_chosen
from landed.hook.commits import Commit, read_commit
from landed.hook.landing import land
from landed.hook.notes import Standing, drop_note, keep_note, note_of
from landed.hook.place import GitFailed, Place
from landed.hook.reading import read_news
from landed.hook.recent import Recent, load_recent, save_recent
from landed.sources.agents.contract import Home, Microseconds
from landed.sources.git_ai_writing import AuthorshipNote, can_be_named, edit_key, write_note

LOG = "hook.log"
_LARGEST_LOG = 256 << 10
_LOCK = "lock"


def after_commit(place: Place, commit: str, picked: list[str]) -> None:
    """Write the note of a commit that was just made; `picked` is the commit that it is a copy of.

    Both are told, not asked for, because git goes on in the meantime.
    """
    if git_ai_is_here():
        return
    with _memory(place, f"{commit}^") as recent:
        _note_overtaken(place, recent)
        made = read_commit(place, commit)
        recent.see(commit, _end_of(made))
        _note(place, recent, made, picked)


def after_rewrite(place: Place, rewritten: list[tuple[str, str]]) -> None:
    """Write the notes of commits that took the place of others: pairs of old and new."""
    replaced: dict[str, list[str]] = {}
    for old, new in rewritten:
        replaced.setdefault(new, []).append(old)
    if not replaced or git_ai_is_here():
        return
    with _memory(place, f"{rewritten[0][1]}^") as recent:
        for new, olds in replaced.items():
            made = read_commit(place, new)
            recent.see(new, _end_of(made))
            _note(place, recent, made, olds)


def catch_up(place: Place) -> int:
    """Read what is new, so that the next commit need not; return how many edits wait for one."""
    with _memory(place, "HEAD") as recent:
        if not git_ai_is_here():
            _note_overtaken(place, recent)
        waiting = (one for one in recent.generations if one.is_waiting())
        return len({(one.agent, one.edit) for one in waiting})


def git_ai_is_here() -> bool:
    """Whether git-ai is installed for this user: then it writes the notes, and Landed none."""
    folders = [Path(folder) for folder in os.get_exec_path()]
    return (Path.home() / ".git-ai" / "bin").is_dir() or any(
        os.access(folder / "git-ai", os.X_OK) for folder in folders
    )


def complain(place: Place, message: str) -> None:
    """Write a line into the hook's log, which is bounded."""
    place.kept.mkdir(mode=0o700, exist_ok=True)
    path = place.kept / LOG
    plain = "".join(letter if letter.isprintable() else "?" for letter in message)
    if path.exists() and path.stat().st_size > _LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    with path.open("a", encoding="utf-8", errors="replace") as file:
        file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {plain}\n")


@contextmanager
def _memory(place: Place, before: str) -> Iterator[Recent]:
    """What is remembered, brought up to date; one process at a time has it.

    `before` is the last commit that has nothing to do with what is remembered from now on; it
    counts only where nothing is remembered yet.
    """
    place.kept.mkdir(mode=0o700, exist_ok=True)
    with (place.kept / _LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        now = int(time.time() * 1_000_000)
        recent = load_recent(place.kept) or Recent(since=_beginning(place, before))
        recent.forget(now)
        chosen = load_chosen(place.kept)
        homes = [Home(Path.home(), os.environ)]
        homes += [Home(Path(directory), {}) for directory in chosen.homes]
        try:
            read_news(
                recent,
                place.worktrees(),
                homes,
                chosen.agents,
                lambda message: complain(place, message),
            )
            yield recent
        finally:
            save_recent(place.kept, recent)


def _beginning(place: Place, before: str) -> Microseconds:
    """The moment after which edits are not in the commit `before`; 0 where there is none."""
    told = place.git("log", "--max-count=1", "--format=%ct", before, "--", accept=(0, 128))
    return (int(told) + 1) * 1_000_000 if told else 0


def _end_of(commit: Commit) -> Microseconds:
    """The end of the second in which a commit was made."""
    return (commit.committed + 1) * 1_000_000


def _note_overtaken(place: Place, recent: Recent) -> None:
    """Write again the notes of commits that were made before their edits could be read."""
    for commit in recent.overtaken():
        try:
            _note(place, recent, read_commit(place, commit), [], until=recent.seen[commit])
        except GitFailed:
            # it is gone: amended, say, and cleared away
            continue


def _note(
    place: Place,
    recent: Recent,
    commit: Commit,
    sources: list[str],
    until: Microseconds | None = None,
) -> None:
    """Write the note of one commit from what landed and from the notes of its sources."""
    if not commit.whole:
        complain(place, f"{commit.commit}: too large a difference; no note was written")
    if not commit.added:
        return
    standing, known, text = note_of(place, commit.commit)
    landed = land(place, recent, commit, until)
    if standing is Standing.OTHERS:
        return
    note = AuthorshipNote(commit.commit)
    if known is not None and known.base != commit.commit:
        sources = [known.base, *sources]
    elif known is not None:
        note.lines, note.records = known.lines, known.records
    for found, one in landed:
        if can_be_named(found.path) and found.line not in note.lines.get(found.path, {}):
            key = note.add_session(one.agent, one.session, one.model, commit.author)
            note.add_line(found.path, found.line, edit_key(key, one.edit))
    carry(place, list(dict.fromkeys([*sources, *commit.picked_from])), commit, note)
    try:
        if note.lines and write_note(note) != text:
            keep_note(place, commit.commit, note, standing)
        elif not note.lines and standing is Standing.OURS:
            drop_note(place, commit.commit)
    except GitFailed as error:
        complain(place, str(error))
