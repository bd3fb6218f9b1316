"""Which line of which commit carries which generated line.

Commits are taken parents first, so that a generated line is matched with its first carrier. At
each path of a commit the files of the working trees are asked in this order: the tree in which
the commit was made, trees of the commit's author, trees of which neither is known. Files of a
tree in which the commit is known not to have been made, and those of other people, give whole
blocks only: what two people, or two agents side by side, come to write alike by chance is short.

Within a file, in this order: lines present when the commit was made, by equal text; lines that a
human put in; lines that others took out, which come back; then, between what was matched, by
equal tokens and by similarity. Last come blocks that stand at another path, and, once all that
is done, births that continue an older line.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landed.attribution.generated.births import Births, Commits, Heads, Paths
from landed.attribution.generated.blocks import BlockSearch
from landed.attribution.generated.edits import Flags, Hashes, Numbers
from landed.attribution.generated.gaps import Anchors, fill_gaps
from landed.attribution.generated.nearness import NOT_KNOWN, SAME_TREE, Near, Nearness
from landed.attribution.generated.replay import Replay, Version, all_texts
from landed.attribution.generated.sequences import Sequence, paired
from landed.attribution.generated.similarity import Place, Similarity, best_assignment
from landed.attribution.generated.slides import slid_pairs
from landed.attribution.generated.worktrees import Worktrees


class Carrier(NamedTuple):
    """The birth (row) that carries a generated line, and how like it is (1: equal)."""

    birth: int
    similarity: float


class Matching:
    """Matches the lines of one repository.

    Attributes:
        carriers: of each generated line that was found, the birth that carries it.
        humans: births that a human is seen to have put in, by the edit that shows it.
        continued: births that go on from a generated line which a formatter has split.
    """

    def __init__(
        self,
        replay: Replay,
        births: Births,
        commits: Commits,
        paths: Paths,
        worktrees: Worktrees,
        similarity: Similarity,
    ) -> None:
        """Match all births, which are candidates, with the lines of the replay."""
        self.carriers: dict[int, Carrier] = {}
        self.humans: dict[int, int] = {}
        self.continued: dict[int, int] = {}
        self._replay = replay
        self._births = births
        self._commits = commits
        self._paths = paths
        self._similarity = similarity
        self._heads = Heads(commits, worktrees, replay.edits)
        self._text, self._trivial = all_texts(replay)
        self._free = ~births.continues
        self._before: set[int] = set()
        self._open = np.ones(len(self._text), dtype=np.bool_)
        self._near = Nearness(replay, commits, paths, worktrees)
        self._blocks = BlockSearch(replay, births)
        self._run()

    def _run(self) -> None:
        groups = sorted(
            self._births.groups(),
            key=lambda group: (self._commits.place[group[0]], self._paths.names[group[1]]),
        )
        for number, (commit, path, rows) in enumerate(groups):
            self._match_path(commit, path, rows)
            last = number + 1 == len(groups) or groups[number + 1][0] != commit
            if last and self._blocks.may_have(commit):
                self._match_elsewhere(commit)
        for commit, path, rows in groups:
            if self._births.continues[rows].any():
                self._match_continuing(commit, path, rows)
        first = len(self._replay.generated)
        self.humans = {
            row: human
            for row, human in self.humans.items()
            if self._replay.humans[human - first].certain
        }

    def _match_continuing(self, commit: int, path: int, rows: slice) -> None:
        """Match what is left with lines that an agent has laid out anew, moved or brought back."""
        every = np.arange(rows.start, rows.stop)
        every = every[self._births.continues[rows]]
        self._free[every] = True
        for near in self._near.files(commit, path, self._open):
            if near.tier <= NOT_KNOWN:
                self._match_present(commit, near, every)

    def _match_path(self, commit: int, path: int, rows: slice) -> None:
        """Match the births of one path of a commit."""
        near = self._near.files(commit, path, self._open)
        if not near:
            return
        every = np.arange(rows.start, rows.stop)
        anchors = [self._match_present(commit, each, every) for each in near]
        for each in near:
            if each.tier <= NOT_KNOWN:
                self._match_later(commit, each, every)
        for each in near:
            self._match_returned(commit, each, every)
        for each, found in zip(near, anchors, strict=True):
            if each.tier <= NOT_KNOWN:
                self._match_changed(commit, each, every, found)
                self._match_beside(each, every)
                self._match_slid(commit, each, every)

    # The steps, one file at a time ------------------------------------------------------------

    def _match_present(self, commit: int, near: Near, rows: Numbers) -> Anchors:
        """Match lines present at the commit; return where the file and the commit agree."""
        version = self._version(near)
        target = rows[self._free[rows]]
        source = self._sequence(commit, near, version.after.piece, version.after.text, target)
        here, there = paired(source, self._target(target), blocks=near.tier > NOT_KNOWN)
        pieces = source.piece[here]
        self._take(pieces[pieces >= 0], target[there[pieces >= 0]])
        if near.tier == SAME_TREE:
            # what stood in the file before an agent came to it is not the agent's
            self._free[target[there[pieces < 0]]] = False
            self._before.update(target[there[pieces < 0]].tolist())
        anchors = Anchors(source.number[here], self._births.number[target[there]])
        loose = np.array(sorted(version.after.loose), dtype=np.int64)
        self._match_unplaced(commit, near, loose, rows)
        return anchors

    def _match_later(self, commit: int, near: Near, rows: Numbers) -> None:
        """Match lines of which the next edit shows that a human had put them in."""
        versions = self._replay.files[near.file].versions
        if near.position + 1 >= len(versions):
            return
        found = versions[near.position + 1].found
        target = rows[self._free[rows]]
        if found is None or not len(target):
            return
        source = self._sequence(commit, near, found.piece, found.text, target)
        here, there = paired(source, self._target(target), blocks=False)
        pieces = source.piece[here]
        self._take(pieces[pieces >= 0], target[there[pieces >= 0]])

    def _match_returned(self, commit: int, near: Near, rows: Numbers) -> None:
        """Match lines that others had taken out, and that come back at this path."""
        second = self._commits.committed[commit]
        gone = [
            ghost.piece
            for ghost in self._replay.files[near.file].ghosts
            if ghost.since <= second and (ghost.until is None or ghost.until > second)
        ]
        self._match_unplaced(commit, near, np.array(sorted(gone), dtype=np.int64), rows)

    def _match_unplaced(self, commit: int, near: Near, pieces: Numbers, rows: Numbers) -> None:
        """Match pieces without a place in the file, in the order in which they were made."""
        target = rows[self._free[rows]]
        pieces = pieces[self._open[pieces]]
        pieces = pieces[np.isin(self._text[pieces], self._births.text[target])]
        pieces = pieces[self._allowed(commit, near, pieces)]
        if not len(pieces):
            return
        # lines of different edits are never neighbours
        number = pieces + self._replay.generated.edit[pieces]
        source = Sequence(number, self._text[pieces], self._trivial[pieces], pieces)
        here, there = paired(source, self._target(target), blocks=near.tier > NOT_KNOWN)
        self._take(pieces[here], target[there])

    def _match_changed(self, commit: int, near: Near, rows: Numbers, anchors: Anchors) -> None:
        """Match what was laid out anew or changed between matched lines."""
        self._match_replaced(rows)
        state = self._version(near).after
        placed = np.flatnonzero(self._replay.is_generated(state.piece) & (state.piece >= 0))
        placed = placed[self._open[state.piece[placed]]]
        placed = placed[self._allowed(commit, near, state.piece[placed])]
        target = rows[self._free[rows]]
        if not len(placed) or not len(target):
            return
        found = fill_gaps(
            state.piece[placed],
            placed + 1,
            target,
            self._births,
            anchors,
            self._replay.generated.token,
            lambda pieces, births: self._similarity.compare(pieces, self._places(births)),
        )
        for piece, birth, score in found.pairs:
            self._carry(piece, birth, score)
        for birth, piece in found.continued:
            self._free[birth] = False
            self.continued[birth] = piece

    def _match_beside(self, near: Near, rows: Numbers) -> None:
        """Match trivial lines that are left beside lines that are matched by now."""
        births = self._births
        left = rows[self._free[rows] & births.trivial[rows]]
        free = dict(zip(births.number[left].tolist(), left.tolist(), strict=True))
        pieces = self._version(near).after.piece.tolist()
        if not free:
            return
        here = range(int(rows[0]), int(rows[-1]) + 1)
        numbers = [
            int(births.number[carrier.birth])
            if (carrier := self.carriers.get(piece)) and carrier.birth in here
            else None
            for piece in pieces
        ]
        places = range(len(pieces))
        for step, ordered in ((1, places), (-1, reversed(places))):
            for at in ordered:
                piece, beside = pieces[at], at - step
                if not 0 <= piece < len(self._replay.generated) or not self._open[piece]:
                    continue
                neighbour = numbers[beside] if 0 <= beside < len(pieces) else None
                row = None if neighbour is None else free.get(neighbour + step)
                if row is not None and births.text[row] == self._text[piece]:
                    self._carry(piece, row, 1.0)
                    numbers[at] = int(births.number[row])
                    del free[numbers[at]]

    def _match_slid(self, commit: int, near: Near, rows: Numbers) -> None:
        """Complete blocks that begin a few lines earlier or later in git's difference."""
        state = self._version(near).after
        here = range(int(rows[0]), int(rows[-1]) + 1)
        carried = {
            piece: carrier.birth
            for piece in state.piece.tolist()
            if (carrier := self.carriers.get(piece)) and carrier.birth in here
        }
        ours = set(carried.values())
        left = [row for row in rows.tolist() if self._free[row] or row in self._before]
        if not carried or not left:
            return
        generated = np.flatnonzero(self._replay.is_generated(state.piece) & (state.piece >= 0))
        pieces = state.piece[generated]
        may_be = self._open[pieces] | np.isin(pieces, list(carried))
        generated, pieces = generated[may_be], pieces[may_be]
        births = np.array(sorted({*left, *ours}), dtype=np.int64)
        at = {int(birth): index for index, birth in enumerate(births)}
        pairs = slid_pairs(
            generated,
            state.text[generated],
            self._births.number[births],
            self._births.text[births],
            [(index, at[carried[p]]) for index, p in enumerate(pieces.tolist()) if p in carried],
        )
        for index, birth in pairs:
            if self._allowed(commit, near, pieces[index : index + 1]).all():
                self._carry(int(pieces[index]), int(births[birth]), 1.0)

    def _match_replaced(self, rows: Numbers) -> None:
        """Where a human put lines in the place of generated ones, find those that only changed."""
        places: dict[tuple[int, tuple[int, ...]], list[int]] = {}
        first = len(self._replay.generated)
        for row in rows.tolist():
            human = self.humans.get(row)
            if human is None:
                continue
            line = self._replay.humans[human - first]
            if line.replaced:
                places.setdefault((line.edit, line.replaced), []).append(row)
        for (_, replaced), births in places.items():
            pieces = [piece for piece in replaced if self._open[piece]]
            scores = self._similarity.compare(pieces, self._places(births))
            for left, right in best_assignment(scores):
                del self.humans[births[right]]
                self._carry(pieces[left], births[right], float(scores[left, right]))

    def _match_elsewhere(self, commit: int) -> None:
        """Match blocks that stand at another path than that of the edit."""
        second = self._commits.committed[commit]
        made_in = self._near.made_in(commit)

        def is_allowed(piece: int) -> bool:
            edit = self._replay.edit_of(piece)
            return self._heads.allow(edit, commit, made_in) and self._replay.is_present(
                piece, second
            )

        for piece, birth in self._blocks.find(commit, self._open, self._free, is_allowed):
            self._carry(piece, birth, 1.0)

    # What the steps share ---------------------------------------------------------------------

    def _version(self, near: Near) -> Version:
        return self._replay.files[near.file].versions[near.position]

    def _target(self, rows: Numbers) -> Sequence:
        births = self._births
        return Sequence(births.number[rows], births.text[rows], births.trivial[rows], rows)

    def _places(self, rows: list[int]) -> list[Place]:
        births = self._births
        return [
            Place(
                self._commits.ids[births.commit[row]],
                self._paths.names[births.path[row]],
                int(births.number[row]),
            )
            for row in rows
        ]

    def _sequence(
        self, commit: int, near: Near, piece: Numbers, text: Hashes, target: Numbers
    ) -> Sequence:
        """Return the lines of a file that may be the commit's.

        These are pieces that are not carried yet, and lines of nobody known that stand at the
        very number at which the commit has the same text: they are what the commit added there.
        """
        births = self._births
        at = np.flatnonzero(piece >= 0)
        at = at[self._open[piece[at]]]
        at = at[np.isin(text[at], births.text[target])]
        at = at[self._allowed(commit, near, piece[at])]
        number = births.number[target]
        inside = number <= len(text)
        same = number[inside][text[number[inside] - 1] == births.text[target][inside]] - 1
        same = same[piece[same] < 0]
        chosen = np.union1d(at, same)
        owners = piece[chosen]
        trivial = np.zeros(len(chosen), dtype=np.bool_)
        trivial[owners >= 0] = self._trivial[owners[owners >= 0]]
        if (owners < 0).any():
            by_number = dict(zip(number.tolist(), births.trivial[target].tolist(), strict=True))
            trivial[owners < 0] = [by_number[line + 1] for line in chosen[owners < 0].tolist()]
        return Sequence(chosen + 1, text[chosen], trivial, owners)

    def _allowed(self, commit: int, near: Near, pieces: Numbers) -> Flags:
        """Tell which pieces the commit can hold, by time and by what it builds on."""
        made_in = self._near.made_in(commit)
        allowed = np.zeros(len(pieces), dtype=np.bool_)
        first = len(self._replay.generated)
        own = np.flatnonzero(pieces < first)
        by_edit = self._replay.generated.edit[pieces[own]]
        for number in np.unique(by_edit).tolist():
            edit = self._replay.edits[number]
            if self._heads.allow(edit, commit, made_in):
                allowed[own[by_edit == number]] = True
        second = self._commits.committed[commit]
        for at in np.flatnonzero(pieces >= first).tolist() if near.tier <= NOT_KNOWN else ():
            allowed[at] = self._replay.humans[pieces[at] - first].since <= second
        return allowed

    def _take(self, pieces: Numbers, births: Numbers) -> None:
        first = len(self._replay.generated)
        for piece, birth in zip(pieces.tolist(), births.tolist(), strict=True):
            if piece < first:
                self._carry(piece, birth, 1.0)
            else:
                self._open[piece] = False
                self._free[birth] = False
                self.humans[birth] = piece

    def _carry(self, piece: int, birth: int, similarity: float) -> None:
        self._open[piece] = False
        self._free[birth] = False
        self.carriers[piece] = Carrier(birth, similarity)
