"""Reading the commits' diffs in order, and going on where git cannot.

git's diff stream dies at the first object that is missing or damaged. The commit at which it died
is then read file by file, leaving out what cannot be read, and the stream is started again behind
it. After many deaths the rest is read file by file altogether.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from landed.errors import GitError
from landed.ledger.context import Context
from landed.ledger.merges import Combined
from landed.ledger.origins import (
    Change,
    CommitChanges,
    Deleted,
    changes_of,
    is_regular,
    with_origins,
)
from landed.ledger.tree import Tree
from landed.sources.git.combined import parse_combined_patch
from landed.sources.git.patches import (
    MERGE_OPTIONS,
    PLAIN_OPTIONS,
    RAW_OPTIONS,
    Entry,
    Patch,
    PatchStream,
    parse_combined_entries,
    parse_entries,
    parse_patch,
)
from landed.sources.git.process import GitProcess
from landed.sources.git.scratch import Scratch

_MAXIMUM_RESTARTS = 20


class Request(NamedTuple):
    """A commit to be read: what `diff-tree --stdin` is given, and the header it answers with."""

    line: bytes
    header: bytes


class RestartingStream:
    """A `diff-tree` stream over many commits that survives git's death at one of them."""

    def __init__(self, scratch: Scratch, options: Sequence[str], requests: Sequence[Request]):
        """Ask for `requests`; git starts at the first use."""
        self._scratch = scratch
        self._options = options
        self._requests = requests
        self._at = 0
        self._process: GitProcess | None = None
        self._stream: PatchStream | None = None
        self.deaths = 0

    def read(self, index: int) -> tuple[list[tuple[bytes, ...]], bytes]:
        """Return raw fields and patch text of the request at `index`; indices must not go down.

        Raises:
            GitError: this commit cannot be read; a later one may be.
        """
        if self._stream is None or self._at != index:
            self.close()
            rest = b"".join(request.line + b"\n" for request in self._requests[index:])
            self._process = self._scratch.start("diff-tree", "--stdin", *self._options, stdin=rest)
            self._stream = PatchStream(self._process)
        self._at = index + 1
        last = self._at == len(self._requests)
        following = None if last else self._requests[self._at].header
        try:
            answer = self._stream.next(self._requests[index].header, following)
            if last and self._process is not None:
                self._stream.check_end()
                self._process.finish()
                self._process = self._stream = None
        except GitError:
            self.deaths += 1
            self.close()
            raise
        return answer

    def close(self) -> None:
        """End git."""
        if self._process is not None:
            self._process.kill()
        self._process = self._stream = None


class PlainReader:
    """Reads the commits with at most one parent, in order."""

    def __init__(self, scratch: Scratch, context: Context, commits: Sequence[bytes]):
        """Read `commits`."""
        self._scratch = scratch
        self._context = context
        self._commits = commits
        self._at = 0
        requests = [Request(commit, commit) for commit in commits]
        self._patches = RestartingStream(scratch, PLAIN_OPTIONS, requests)
        self._raw = RestartingStream(scratch, RAW_OPTIONS, requests)

    def next(self, tree: Tree) -> CommitChanges:
        """Return the changes that the next commit makes to `tree`, its parent's files.

        None where it cannot be read at all.
        """
        index = self._at
        self._at += 1
        if self._patches.deaths <= _MAXIMUM_RESTARTS:
            try:
                rows, text = self._patches.read(index)
            except GitError:
                pass
            else:
                entries = parse_entries(rows)
                return changes_of(entries, parse_patch(entries, text), self._context.pairs)
        try:
            entries = parse_entries(self._raw.read(index)[0])
        except GitError:
            entries = entries_by_listing(self._scratch, self._context, self._commits[index], tree)
        return self._by_file(entries)

    def _by_file(self, entries: Sequence[Entry]) -> CommitChanges:
        """Diff each file by itself; one that cannot be read becomes opaque."""
        changes = []
        gone = []
        deleted = []
        for entry in entries:
            if entry.status in (b"D", b"T"):
                gone.append(entry.path)
            known = is_regular(entry.old_mode) and self._context.blobs.exists(entry.old)
            if entry.status == b"D" and known:
                deleted.append(Deleted(entry.path, entry.old_mode, entry.old))
            if not is_regular(entry.new_mode):
                continue
            source = entry.path if entry.status == b"M" else None
            if self._context.attributes.excluded(entry.path):
                changes.append(Change(entry.path, entry.new, source, entry.old, [], [], True))
                continue
            old = entry.old if source is not None else None
            patch = self._difference(old, entry.new, entry.path)
            sections = patch.sections if patch is not None else []
            hunks = sections[0].hunks if sections else []
            lines = patch.lines if patch is not None else []
            changes.append(
                Change(entry.path, entry.new, source, entry.old, hunks, lines, patch is None)
            )
        added = {
            change.path: entry
            for change, entry in zip(
                changes, [entry for entry in entries if is_regular(entry.new_mode)], strict=True
            )
            if entry.status == b"A" and not change.binary
        }
        return with_origins(changes, gone, deleted, added, self._context.pairs, renamed=True)

    def _difference(self, old: bytes | None, new: bytes, path: bytes) -> Patch | None:
        context = self._context
        missing = [oid for oid in (old, new) if oid and not context.blobs.exists(oid)]
        try:
            if not missing:
                return context.pairs.between(old, new) if context.blobs.is_text(new) else None
        except GitError:
            missing = [new]
        context.recorder.problems.add(
            "missing-object",
            path.decode(errors="backslashreplace"),
            f"Object {missing[0].decode()} is missing or damaged; the file's lines are left out.",
        )
        return None

    def close(self) -> None:
        """End git."""
        self._patches.close()
        self._raw.close()


class MergeReader:
    """Reads the merges, in order: what differs from the first parent, and from every parent."""

    def __init__(self, scratch: Scratch, context: Context, merges: Sequence[Sequence[bytes]]):
        """Read `merges`, each the commit's id followed by its parents'."""
        self._scratch = scratch
        self._context = context
        self._merges = merges
        self._at = 0
        self._combined = RestartingStream(
            scratch, MERGE_OPTIONS, [Request(merge[0], merge[0]) for merge in merges]
        )
        self._raw = RestartingStream(scratch, RAW_OPTIONS, [_against(merge, 0) for merge in merges])

    def next(self, parents: Sequence[Tree]) -> tuple[Combined, Callable[[int], Sequence[Entry]]]:
        """Return the next merge's combined sections, and its raw entries against parent i.

        `parents` are the parents' files.
        """
        index = self._at
        self._at += 1
        merge = self._merges[index]
        combined: Combined = {}
        if self._combined.deaths <= _MAXIMUM_RESTARTS:
            try:
                rows, text = self._combined.read(index)
            except GitError:
                pass
            else:
                entries = parse_combined_entries(rows)
                sections = parse_combined_patch(text, len(entries))
                combined = {
                    entry.path: section for entry, section in zip(entries, sections, strict=True)
                }
        known: dict[int, Sequence[Entry]] = {}
        try:
            known[0] = parse_entries(self._raw.read(index)[0])
        except GitError:
            known[0] = entries_by_listing(self._scratch, self._context, merge[0], parents[0])

        def raw_entries(parent: int) -> Sequence[Entry]:
            if parent not in known:
                known[parent] = self._entries_against(merge, parent, parents[parent])
            return known[parent]

        return combined, raw_entries

    def _entries_against(self, merge: Sequence[bytes], parent: int, tree: Tree) -> Sequence[Entry]:
        stream = RestartingStream(self._scratch, RAW_OPTIONS, [_against(merge, parent)])
        try:
            return parse_entries(stream.read(0)[0])
        except GitError:
            return entries_by_listing(self._scratch, self._context, merge[0], tree)

    def close(self) -> None:
        """End git."""
        self._combined.close()
        self._raw.close()


def _against(merge: Sequence[bytes], parent: int) -> Request:
    return Request(merge[0] + b" " + merge[parent + 1], merge[0])


def entries_by_listing(
    scratch: Scratch, context: Context, commit: bytes, tree: Tree
) -> list[Entry]:
    """Compare a commit's listed files with those we have, where its parent's cannot be listed.

    Nothing where the commit's own cannot be listed either; it is then taken as changing nothing.
    """
    try:
        listing = scratch.run("ls-tree", "-r", "-z", "--full-tree", commit.decode())
    except GitError:
        context.recorder.problems.add(
            "unreadable-commit",
            commit.decode(),
            "The commit's files cannot be listed; it is taken as changing nothing.",
        )
        return []
    nothing = b"0" * len(commit)
    entries = []
    present = set()
    for row in listing.split(b"\0")[:-1]:
        about, _, path = row.partition(b"\t")
        mode, _, blob = about.split(b" ")
        if not is_regular(mode):
            continue
        present.add(path)
        state = tree.get(path)
        if state is None:
            entries.append(Entry(b"000000", mode, nothing, blob, b"A", 0, path, path))
        elif state.blob != blob:
            entries.append(Entry(mode, mode, state.blob, blob, b"M", 0, path, path))
    entries += [
        Entry(b"100644", b"000000", state.blob, nothing, b"D", 0, path, path)
        for path, state in tree.items()
        if path not in present
    ]
    return entries
