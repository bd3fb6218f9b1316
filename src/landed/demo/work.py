"""The work on one request: what is written by whom, in which edits, turns, sessions and commits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from landed.demo.clock import working
from landed.demo.files import Block, Draft, SourceFile
from landed.demo.script import Edit, Fate, Request, Session, Turn
from landed.demo.text import Writer

PINS = "requirements"
"""The folder of the bot's files: nobody else writes there."""
_MINUTE = timedelta(minutes=1)
_LONGEST_FILE = 240
_NEW_FILE = 0.34
_BY_HAND = 0.1
_TOUCHED_UP = 0.14
_AGAIN = 0.08
_IN_VAIN: tuple[tuple[float, Fate], ...] = ((0.1, "refused"), (0.05, "failed"), (0.1, "unused"))
_DROPPED = 0.16
_AT_ONCE, _ONE_TURN_MORE = 0.3, 0.5


@dataclass
class Step:
    """What one commit of the branch holds, and when it was made."""

    at: datetime
    files: dict[str, str | None]


@dataclass
class Work:
    """What was done for a request before it was opened.

    Attributes:
        drafts: the files it changes, by path.
        born: the blocks that it writes.
        steps: its commits.
        turns: what the agent did, in order; empty where none was at work.
        repairs: the requests whose blocks it changes.
    """

    drafts: dict[str, Draft] = field(default_factory=dict)
    born: list[Block] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    repairs: list[int] = field(default_factory=list)
    added: int = 0
    removed: int = 0


class Worker:
    """Does the work on one request, from a moment on."""

    def __init__(
        self, random: Random, writer: Writer, request: Request, files: list[SourceFile]
    ) -> None:
        """`files` are those that nobody else has taken up."""
        self._random = random
        self._writer = writer
        self._request = request
        self._files = files
        self._now = request.opened
        self._held: dict[str, str | None] = {}
        self._turn_more = 0.0 if random.random() < _AT_ONCE else _ONE_TURN_MORE
        self.work = Work()

    def write(self, lines: int, folder: str | None = None) -> None:
        """Write about so many new lines, in blocks; `folder` holds all of them where given."""
        random = self._random
        while lines > 0:
            size = min(lines, random.randint(5, 17))
            hand = not self._request.agent or random.random() < _BY_HAND
            self._add(
                max(size, 5), agent=not hand, test=hand and random.random() < 0.7, folder=folder
            )
            lines -= size

    def change(self, file: SourceFile, key: int, part: float) -> None:
        """Change a part of a block of another request."""
        draft = self._draft(file)
        known = next((block for block in draft.blocks if block.key == key), None)
        if known is None:
            return
        self._pass()
        number = max(1, round(len(known.lines) * part))
        start = self._random.randint(0, len(known.lines) - number)
        news = self._writer.statements(max(1, round(number * self._random.uniform(0.5, 1.2))))
        edit = draft.replace(key, start, number, news, self._now)
        if edit is not None:
            self.work.repairs.append(known.request)
            self._note(edit, agent=self._request.agent)

    def take_out(self, file: SourceFile, number: int) -> None:
        """Take out everything that a request wrote in a file."""
        draft = self._draft(file)
        for block in [block for block in draft.blocks if block.request == number]:
            edit = draft.replace(block.key, 0, len(block.lines), [], self._now)
            if edit is not None:
                self.work.repairs.append(number)
                self._note(edit, agent=False)

    def commit(self) -> None:
        """Commit what was done since the last commit."""
        self._now = working(self._now + self._random.randint(3, 12) * _MINUTE)
        files: dict[str, str | None] = {}
        for path, draft in self.work.drafts.items():
            text: str | None = draft.text if draft.blocks else None
            if self._held.get(path) != text:
                files[path] = self._held[path] = text
        if files:
            self.work.steps.append(Step(self._now, files))

    def review(self) -> None:
        """Now and then a reviewer finds that some new lines are not needed."""
        long = [block for block in self.work.born if len(block.lines) > 6]
        if not long or self._random.random() > _DROPPED:
            return
        self._now += self._random.randint(60, 400) * _MINUTE
        block = self._random.choice(long)
        start, number = self._random.randint(3, len(block.lines) - 2), self._random.randint(1, 4)
        for draft in self.work.drafts.values():
            edit = draft.replace(block.key, start, number, [], self._now)
            if edit is not None:
                self.work.removed += len(edit.removed)
        self.commit()

    def _add(self, size: int, *, agent: bool, test: bool, folder: str | None) -> None:
        draft = self._target(test, folder)
        self._pass()
        lines = [] if draft.blocks else self._writer.head()
        block = Block(lines + self._writer.function(size), self._request.number, agent)
        edit = draft.add(block, self._now)
        self.work.born.append(block)
        self._note(edit, agent=agent)
        if not agent:
            return
        random = self._random
        if random.random() < _AGAIN:
            again = draft.replace(
                block.key, len(block.lines) - 3, 2, self._writer.statements(2), self._now + _MINUTE
            )
            if again is not None:
                self.work.turns[-1].edits.append(again)
        if random.random() < _TOUCHED_UP:
            place = random.randint(2, len(block.lines) - 2)
            draft.replace(block.key, place, 1, [_touched_up(block.lines[place])], self._now)
        for chance, fate in _IN_VAIN:
            if random.random() < chance:
                lines = self._writer.function(random.randint(4, 9))
                path = self._writer.path()
                tried = Edit(self._now + _MINUTE, path, 1, None, (), tuple(lines))
                self.work.turns[-1].edits.append(replace(tried, fate=fate))

    def _note(self, edit: Edit, *, agent: bool) -> None:
        self.work.added += len(edit.added)
        self.work.removed += len(edit.removed)
        if not agent:
            return
        turns = self.work.turns
        if not turns or self._random.random() < self._turn_more:
            asked = edit.at - self._random.randint(2, 5) * _MINUTE
            turns.append(Turn(asked, looks=self._random.randint(2, 9)))
        turns[-1].edits.append(edit)

    def _pass(self) -> None:
        self._now = working(self._now + self._random.randint(6, 26) * _MINUTE)

    def _target(self, test: bool, folder: str | None) -> Draft:
        """A file to add to: one at hand, or a new one."""
        random = self._random
        mine = [draft for draft in self.work.drafts.values() if draft.blocks]
        if mine and not test and random.random() < 0.5:
            return random.choice(mine)
        there = [
            file
            for file in self._files
            if file.length < _LONGEST_FILE and not file.path.startswith(f"{PINS}/")
        ]
        if there and not test and folder is None and random.random() > _NEW_FILE:
            return self._draft(random.choice(there))
        path = self._writer.path(test=test)
        if folder is not None:
            path = f"{folder}/{path.rpartition('/')[2]}"
        taken = {file.path for file in self._files} | self.work.drafts.keys()
        while path in taken:
            path = self._writer.path(test=test)
        return self._draft(SourceFile(path, [], self._request.opened))

    def _draft(self, file: SourceFile) -> Draft:
        if file.path not in self.work.drafts:
            draft = self.work.drafts[file.path] = Draft(file)
            self._held[file.path] = draft.text if draft.blocks else None
        return self.work.drafts[file.path]


def _touched_up(line: str) -> str:
    """A line as somebody changes it a little: one number is another."""
    digits = [place for place, letter in enumerate(line) if letter.isdigit()]
    if not digits:
        return f"{line}  "
    place = digits[-1]
    return f"{line[:place]}{(int(line[place]) + 3) % 10}{line[place + 1 :]}"


def sessions_of(
    random: Random, request: Request, turns: list[Turn], model: str, key: str
) -> list[Session]:
    """The sessions in which turns were taken: one, or more where there were many."""
    size = random.choice((2, 2, 3, 5))
    parts = [turns[place : place + size] for place in range(0, len(turns), size)]
    return [
        Session(
            request.author,
            model,
            request.product,
            request.branch,
            part,
            f"{key} {place}",
            random.randint(18_000, 60_000),
        )
        for place, part in enumerate(parts)
    ]
