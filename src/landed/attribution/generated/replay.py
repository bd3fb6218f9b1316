"""Replaying the edits of a repository, file by file: which generated lines are there, and when.

A file is a path in one working tree. Edits of all sessions and agents are replayed in one order.
Where an edit tells the whole file as it found it, what was known is compared with it: generated
lines that are missing were taken out by others, lines that are new came in between. A line that is
missing and comes back, at another place or at a later time, is the same generated line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from landed.attribution.generated.edits import Edit, Edits, Flags, Generated, Hashes, Numbers
from landed.attribution.generated.files import EMPTY, NOTHING_KNOWN, FileState, Seen, apply, look
from landed.attribution.generated.worktrees import Worktrees
from landed.attribution.lineage.alignment import align

PRESENT, REMOVED, SUPERSEDED, REFUSED, FAILED, RETRIED = range(6)
STATES = ("present", "removed", "superseded", "refused", "failed", None)
"""What became of a generated line; the last has no row: its edit failed and was made again."""

File = tuple[str, str]


class Version(NamedTuple):
    """A file as an edit found it (None where that is not told) and as the edit left it.

    `edit` is the position of that edit, `second` when it happened.
    """

    second: int
    edit: int
    found: FileState | None
    after: FileState


class HumanLine(NamedTuple):
    """A line that a human put in between two edits of a session.

    `since` is the second of the edit before, `edit` the position of the edit that showed it,
    `replaced` the generated lines that went at the same place. It is not `certain` where a commit's
    hook may have laid them out anew: then it says that those were changed, not that a human did.
    """

    text: int
    trivial: bool
    since: int
    edit: int
    replaced: tuple[int, ...]
    certain: bool


@dataclass
class Removal:
    """When a generated line was seen gone, by which edit, and whether that took it out."""

    at: int
    edit: int
    by_agent: bool


@dataclass
class Ghost:
    """A generated line that others took out of a file, from when to when (None: for good)."""

    piece: int
    since: int
    until: int | None = None


@dataclass
class History:
    """Everything that replay knows of one file."""

    state: FileState = NOTHING_KNOWN
    changed_at: int = 0
    versions: list[Version] = field(default_factory=list)
    ghosts: list[Ghost] = field(default_factory=list)

    def position(self, second: int) -> int:
        """Return the position of the last version of a second or before it; -1 for none."""
        return bisect_right(self.versions, second, key=lambda version: version.second) - 1

    def at(self, second: int) -> Version | None:
        """Return the last version of a second or before it."""
        position = self.position(second)
        return self.versions[position] if position >= 0 else None


class Replay:
    """The files of a repository over time, made of its edits.

    Attributes:
        files: what is known of each file.
        state: of each generated line, what became of it (`PRESENT` and so on).
        removals: of lines that are gone, how that was seen.
        humans: lines put in by humans; the first is the piece after the last generated line.
    """

    def __init__(self, edits: Edits, worktrees: Worktrees) -> None:
        """Replay all edits."""
        self.edits = edits.edits
        self.generated = edits.generated
        self.files: dict[File, History] = {}
        self.state = np.full(len(self.generated), PRESENT, dtype=np.int8)
        self.removals: dict[int, Removal] = {}
        self.humans: list[HumanLine] = []
        self._moved: dict[int, list[File]] = {}
        self._worktrees = worktrees
        self._origin: list[int] = self.generated.edit.tolist()
        retried = _retried(self.edits)
        for edit in self.edits:
            if edit.kind == "shell":
                continue
            if edit.status != "applied":
                code = REFUSED if edit.status == "refused" else FAILED
                code = RETRIED if edit.number in retried else code
                self.state[edit.first : edit.stop] = code
            self._replay(edit)

    def text_of(self, piece: int) -> int:
        """Return the text hash of a piece."""
        generated = len(self.generated)
        if piece < generated:
            return int(self.generated.text[piece])
        return self.humans[piece - generated].text

    def is_generated(self, pieces: Numbers) -> Flags:
        """Tell which pieces are generated lines, not lines that a human put in."""
        return np.asarray(pieces < len(self.generated), dtype=np.bool_)

    def edit_of(self, piece: int) -> Edit:
        """Return the edit that generated a line."""
        return self.edits[self._origin[piece]]

    def pieces_by_file(self) -> dict[File, Numbers]:
        """Return all pieces that have ever been in each file."""
        found: dict[File, list[Numbers]] = {file: [] for file in self.files}
        for edit in self.edits:
            if edit.status == "applied" and edit.file in found:
                found[edit.file].append(np.arange(edit.first, edit.stop))
        for piece, files in self._moved.items():
            for file in files:
                found[file].append(np.array([piece]))
        for number, human in enumerate(self.humans):
            shown_in = self.edits[human.edit].file
            found[shown_in].append(np.array([len(self.generated) + number]))
        none = np.empty(0, dtype=np.int64)
        return {file: np.concatenate([none, *parts]) for file, parts in found.items()}

    def is_present(self, piece: int, second: int) -> bool:
        """Tell whether a generated line was in its file, by the last edit up to a second."""
        homes = [self.edit_of(piece).file, *self._moved.get(piece, ())]
        return any(
            version is not None and piece in version.after.present
            for version in (self.files[home].at(second) for home in homes if home in self.files)
        )

    def _replay(self, edit: Edit) -> None:
        applied = edit.status == "applied"
        if not applied and edit.before is None:
            return
        file = self.files.setdefault(edit.file, History())
        found = None
        state = file.state
        if edit.before is not None:
            found = state = self._look(file, edit)
        elif edit.kind == "create":
            self._take_out(state.present, edit)
            state = EMPTY
        if applied:
            state = self._apply(state, edit)
        self._note(file, edit, found, state)
        if applied and edit.moved_to is not None:
            self._move(file, edit)

    def _apply(self, state: FileState, edit: Edit) -> FileState:
        if edit.kind == "delete":
            self._take_out(state.present, edit)
            return EMPTY
        done = apply(state, edit.changes, self.generated.text)
        self._take_out(done.removed, edit)
        return done.state

    def _note(self, file: History, edit: Edit, found: FileState | None, after: FileState) -> None:
        file.versions.append(Version(edit.second, edit.number, found, after))
        file.state = after
        file.changed_at = edit.at

    def _move(self, file: History, edit: Edit) -> None:
        target = self.files.setdefault((edit.worktree, edit.moved_to or ""), History())
        if target is file:
            return
        self._take_out(target.state.present, edit)
        for piece in file.state.present.tolist():
            self._moved.setdefault(piece, []).append((edit.worktree, edit.moved_to or ""))
        self._note(target, edit, None, file.state)
        target.ghosts += file.ghosts
        self._note(file, edit, None, EMPTY)

    def _take_out(self, pieces: Numbers, edit: Edit) -> None:
        for piece in pieces[self.is_generated(pieces)].tolist():
            own_turn = self.edit_of(piece).same_turn(edit)
            self.state[piece] = SUPERSEDED if own_turn else REMOVED
            self.removals[piece] = Removal(edit.at, edit.number, by_agent=True)

    # What others did between two edits ---------------------------------------------------------

    def _look(self, file: History, edit: Edit) -> FileState:
        """Compare the file with what was known of it, and note what others did."""
        assert edit.before is not None
        seen = look(file.state, edit.before)
        for piece in seen.gone[self.is_generated(seen.gone)].tolist():
            self.state[piece] = REMOVED
            self.removals[piece] = Removal(edit.at, edit.number, by_agent=False)
            file.ghosts.append(Ghost(piece, edit.second))
        if not len(seen.appeared):
            return seen.state
        piece = self._revived(file, edit, seen)
        if file.state.whole and not file.state.loose and file.versions:
            self._note_humans(file, edit, seen, piece)
        return FileState(seen.state.text, piece, whole=True)

    def _revived(self, file: History, edit: Edit, seen: Seen) -> Numbers:
        """Return the pieces of the file's lines, those included that have come back."""
        assert edit.before is not None
        piece = seen.state.piece.copy()
        ghosts = [ghost for ghost in file.ghosts if ghost.until is None]
        there = set(seen.state.text[seen.appeared].tolist())
        ghosts = [ghost for ghost in ghosts if self.text_of(ghost.piece) in there]
        if not ghosts:
            return piece
        by_edit: dict[int, list[Ghost]] = {}
        for ghost in sorted(ghosts, key=lambda ghost: ghost.piece):
            by_edit.setdefault(self._origin[ghost.piece], []).append(ghost)
        trivial = edit.before.trivial
        for number in sorted(by_edit, reverse=True):
            group = by_edit[number]
            free = seen.appeared[piece[seen.appeared] < 0]
            texts = np.array([self.text_of(ghost.piece) for ghost in group], dtype=np.uint64)
            here, there_at = align(texts, seen.state.text[free])
            pairs = list(zip(here.tolist(), free[there_at].tolist(), strict=True))
            # a trivial line comes back only beside a line that is an agent's
            for alone in (False, True):
                for index, at in pairs:
                    if bool(trivial[at]) == alone and (not alone or _has_neighbour(piece, at)):
                        self._revive(group[index], edit)
                        piece[at] = group[index].piece
        return piece

    def _revive(self, ghost: Ghost, edit: Edit) -> None:
        ghost.until = edit.second
        self.state[ghost.piece] = PRESENT
        self.removals.pop(ghost.piece, None)

    def _note_humans(self, file: History, edit: Edit, seen: Seen, piece: Numbers) -> None:
        """Number the lines that nothing explains but a human."""
        assert edit.before is not None
        tree = self._worktrees.of(edit.worktree)
        if tree.is_explained(file.changed_at, edit.at):
            return
        by_hand = piece[seen.appeared] < 0
        hooks_ran = tree.has_commit(file.changed_at, edit.at)
        back = np.isin(seen.gone, piece)
        replaced: dict[int, list[int]] = {}
        for gone, place in zip(
            seen.gone[~back].tolist(), seen.gone_at[~back].tolist(), strict=True
        ):
            if gone < len(self.generated):
                replaced.setdefault(place, []).append(gone)
        gone_places = set(seen.gone_at.tolist())
        since = file.versions[-1].second
        for at, place in zip(
            seen.appeared[by_hand].tolist(), seen.appeared_at[by_hand].tolist(), strict=True
        ):
            piece[at] = len(self.generated) + len(self.humans)
            trivial = bool(edit.before.trivial[at])
            text = int(seen.state.text[at])
            there = tuple(replaced.get(place, ()))
            certain = not (hooks_ran and place in gone_places)
            self.humans.append(HumanLine(text, trivial, since, edit.number, there, certain))


def _has_neighbour(piece: Numbers, at: int) -> bool:
    return bool((piece[max(0, at - 1) : at + 2] >= 0).any())


def _retried(edits: Sequence[Edit]) -> set[int]:
    """Return the failed edits after which the same turn has applied one to the same file."""
    later: set[tuple[str, str | None, File]] = set()
    found = set()
    for edit in reversed(edits):
        key = (edit.agent, edit.turn, edit.file)
        if edit.status == "applied" and edit.kind != "shell":
            later.add(key)
        elif edit.status == "failed" and edit.turn is not None and key in later:
            found.add(edit.number)
    return found


def all_texts(replay: Replay) -> tuple[Hashes, Flags]:
    """Return text and triviality of all pieces: generated lines, then lines of humans."""
    generated: Generated = replay.generated
    texts = np.array([human.text for human in replay.humans], dtype=np.uint64)
    trivial = np.array([human.trivial for human in replay.humans], dtype=np.bool_)
    return np.concatenate([generated.text, texts]), np.concatenate([generated.trivial, trivial])
