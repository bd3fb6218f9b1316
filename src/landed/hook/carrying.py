"""Carrying the notes of commits over to the commit that took their place."""

from __future__ import annotations

from collections.abc import Sequence

from landed.hook.commits import Added, Commit, read_commit
from landed.hook.matching import Block, match
from landed.hook.notes import note_of
from landed.hook.place import GitFailed, Place
from landed.sources.git_ai_writing import AuthorshipNote


def carry(place: Place, sources: Sequence[str], commit: Commit, note: AuthorshipNote) -> int:
    """Add to `note` what the notes of `sources` say of lines that `commit` adds itself.

    The last of the sources is served first; lines that `note` tells already stay as they are.
    Returns how many lines were carried over. A source that is gone says nothing.
    """
    carried = 0
    for source in reversed(sources):
        try:
            _, known, _ = note_of(place, source)
            if known is None:
                continue
            told = read_commit(place, known.base if known.ours else source)
        except GitFailed:
            continue
        for path, before in told.added.items():
            keys = known.lines.get(path, {})
            now = commit.added.get(path)
            if keys and now is not None:
                for line, number in _same_lines(before, path, now, note):
                    key = keys.get(line)
                    if key is not None and note.take_record(key, known):
                        carried += note.add_line(path, number, key)
    return carried


def _same_lines(
    before: Added, path: str, now: Added, note: AuthorshipNote
) -> list[tuple[int, int]]:
    """Return pairs of line numbers: what a source added to a file, and where it stands now."""
    taken = note.lines.get(path, {})
    if before.hashes == now.hashes:
        pairs = zip(before.numbers, now.numbers, strict=True)
        return [pair for pair in pairs if pair[1] not in taken]
    found = match({path: now}, [Block(path, before.hashes)], {path: taken})
    return [(before.numbers[one.within], one.line) for one in found]
