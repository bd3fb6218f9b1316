"""One chat of aider's history file, turned into records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from landed.sources.agents.aider_analytics import Sent
from landed.sources.agents.contract import (
    Call,
    Change,
    Decision,
    Edit,
    Microseconds,
    Reading,
    Reference,
    Session,
    Turn,
)
from landed.sources.agents.copilot_edits import absolute
from landed.sources.agents.differences import difference_of_fragment, lines_of
from landed.sources.agents.shell import may_change_files

_SEARCH = re.compile(r"<{5,9} SEARCH>?\s*$")
_DIVIDER = re.compile(r"={5,9}\s*$")
_REPLACE = re.compile(r">{5,9} REPLACE\s*$")
_FENCE = re.compile(r"\s*(?:```|~~~|<source>|<code>|<pre>)")
_ASKING = ("/ask", "/code", "/architect")
_MODEL = re.compile(r"(?:Main model|Model): (\S+) with ")
_VERSION = re.compile(r"Aider v(\S+)")
_COMMIT = re.compile(r"Commit ([0-9a-f]{6,40})(?: |$)")
_REMOVED = re.compile(r"Removed: ([0-9a-f]{6,40})(?: |$)")
_COUNT = r"([\d.,]+)(k|M)?"
_SENT = re.compile(_COUNT + " sent")
_WRITTEN = re.compile(_COUNT + " cache write")
_HIT = re.compile(_COUNT + " cache hit")
_RECEIVED = re.compile(_COUNT + " received")
_COST = re.compile(r"Cost: \$(\d[\d.]*) message")
_NOT_MATCHED = re.compile(r"# \d+ SEARCH/REPLACE blocks? failed to match!")
_OTHERS_APPLIED = re.compile(r"# The other \d+ SEARCH/REPLACE blocks? (?:was|were) applied")


@dataclass(slots=True)
class _Block:
    """A SEARCH/REPLACE block: its file as written, and its two texts."""

    path: str
    search: list[str]
    replace: list[str]


class AiderChat:
    """Takes the lines of one chat, in order, and adds records to `reading`.

    `sent` is what the analytics log has of the same run. The file tells no time but that of the
    chat's beginning: records follow each other by a microsecond, or have the times of `sent`.
    """

    def __init__(
        self,
        session: str,
        folder: Path,
        started: Microseconds,
        lines: Sequence[str],
        sent: list[Sent],
        reading: Reading,
    ) -> None:
        self._lines = lines
        self._folder = str(folder)
        self._reading = reading
        self._sent = sent
        self._session = Session(session, started, started, cwd=self._folder)
        self._at = started
        self._model: str | None = None
        self._turn: Turn | None = None
        self._turns = 0
        self._calls = 0
        self._blocks: list[_Block] = []
        self._numbered = 0
        self._applied: set[str] = set()
        self._skipped: set[str] = set()
        self._created: set[str] = set()
        self._uncommitted: list[Edit] = []
        self._committed: dict[str, list[Edit]] = {}
        self._said = ""
        self._hopeless = 0

    def take(self) -> None:
        """Add what the chat tells."""
        marked = any(_is_prompt(line, True) for line in self._lines)
        number = 0
        while number < len(self._lines):
            line = self._lines[number]
            if _SEARCH.match(line):
                number = self._take_block(number, self._blocks)
            elif _is_prompt(line, marked):
                number = self._take_prompt(number, marked)
            elif line.startswith("> ") and _NOT_MATCHED.match(line[2:]):
                number = self._take_failures(number + 1)
            else:
                if line.startswith("> "):
                    self._hear(line[2:].strip(), number)
                number += 1
        self._settle()
        self._session.ended_at = self._at
        self._reading.sessions.append(self._session)

    def _tick(self) -> Microseconds:
        self._at += 1
        if self._turn is not None:
            self._turn.ended_at = self._at
        return self._at

    @property
    def _key(self) -> str | None:
        return self._turn.turn if self._turn else None

    def _take_prompt(self, number: int, marked: bool) -> int:
        self._settle()
        prompt = self._lines[number][5:].strip()
        number += 1
        while number < len(self._lines) and _is_prompt(self._lines[number], marked):
            number += 1
        if not prompt.startswith(("/", "!")) or prompt.split(" ")[0] in _ASKING:
            at = self._tick()
            name = self._session.session
            self._turn = Turn(f"{name}:{self._turns}", name, at, at)
            self._turns += 1
            self._reading.turns.append(self._turn)
        return number

    def _take_block(self, number: int, blocks: list[_Block]) -> int:
        """Take the block that begins at a line, and return where to go on."""
        parts: list[list[str]] = [[], []]
        side = 0
        at = number + 1
        # Where one block has no end, none that begins further down has: nothing is sought twice.
        stop = at if number < self._hopeless else len(self._lines)
        while at < stop and not _ends_answer(self._lines[at]):
            line = self._lines[at]
            at += 1
            if side == 0 and _DIVIDER.match(line):
                side = 1
            elif side == 1 and (_REPLACE.match(line) or _DIVIDER.match(line)):
                path = self._path_before(number) or (blocks[-1].path if blocks else None)
                if path is None:
                    self._reading.fault("edit-without-path")
                else:
                    blocks.append(_Block(path, *parts))
                return at
            else:
                parts[side].append(line)
        self._hopeless = max(self._hopeless, at)
        self._reading.fault("unfinished-block")
        return number + 1

    def _path_before(self, number: int) -> str | None:
        """Return the file name that stands above a block, on one of three lines."""
        for line in reversed(self._lines[max(0, number - 3) : number]):
            if _FENCE.match(line):
                continue
            name = line.strip().rstrip(":").lstrip("#").strip().strip("`").strip("*")
            if name and "..." not in name and not _REPLACE.match(line):
                return name
            return None
        return None

    def _take_failures(self, number: int) -> int:
        """Take aider's report of the blocks that did not fit, which repeats them."""
        failed: list[_Block] = []
        others = False
        while number < len(self._lines) and not self._lines[number].startswith(("> ", "#### ")):
            if _SEARCH.match(self._lines[number]):
                number = self._take_block(number, failed)
                continue
            others = others or bool(_OTHERS_APPLIED.match(self._lines[number]))
            number += 1
        texts = [(block.search, block.replace) for block in failed]
        proposed, self._blocks = self._blocks, []
        for block in proposed:
            fits = others and (block.search, block.replace) not in texts
            self._add(block, "applied" if fits else "failed")
        return number

    def _hear(self, said: str, number: int) -> None:
        """Take a line that aider itself wrote."""
        if version := _VERSION.match(said):
            self._session.version = version[1]
        elif model := _MODEL.match(said):
            self._model = model[1]
        elif said.startswith("Applied edit to "):
            self._applied.add(said.removeprefix("Applied edit to "))
        elif said.startswith("Skipping edits to "):
            self._skipped.add(said.removeprefix("Skipping edits to ").split(" that matches")[0])
        elif said.startswith("Creating empty file "):
            self._created.add(said.removeprefix("Creating empty file "))
        elif said.startswith("Create new file?") and said[-1:] in "ya":
            self._created.add(self._said)
        elif said.startswith("Tokens: "):
            below = self._lines[number + 1] if number + 1 < len(self._lines) else ""
            self._take_tokens(said if "Cost: $" in said else f"{said} {below}")
        elif commit := _COMMIT.match(said):
            self._take_commit(commit[1])
        elif removed := _REMOVED.match(said):
            self._take_back(removed[1])
        elif said.startswith("Running ") and may_change_files(said.removeprefix("Running ")):
            self._numbered += 1
            name = self._session.session
            self._reading.edits.append(
                Edit(
                    edit=f"{name}:edit:{self._numbered}",
                    session=name,
                    turn=self._key,
                    at=self._tick(),
                    path=self._folder,
                    tool="run",
                    status="applied",
                    kind="shell",
                )
            )
        elif said.startswith("^C") and self._turn is not None:
            self._turn.interrupted = True
        self._said = said

    def _take_tokens(self, said: str) -> None:
        name = self._session.session
        number, self._calls = self._calls, self._calls + 1
        sent, received = _count(_SENT, said), _count(_RECEIVED, said)
        written, hit = _count(_WRITTEN, said), _count(_HIT, said)
        cost = _COST.search(said)
        dollars = _decimal(cost[1]) if cost else 0.0
        call = Call(
            call=f"{name}:{number}",
            session=name,
            turn=self._key,
            at=self._tick(),
            model=self._model,
            cache_read_tokens=hit,
            cache_write_5m_tokens=written,
            output_tokens=received,
            reported_cost=round(dollars * 1_000_000) or None,
        )
        exact = self._sent[number] if number < len(self._sent) else None
        if exact and (_shown(exact.prompt_tokens), _shown(exact.completion_tokens)) == (
            _shown(sent),
            _shown(received),
        ):
            sent, call.output_tokens = exact.prompt_tokens, exact.completion_tokens
            call.reported_cost = exact.cost or None
            self._at = max(self._at, exact.at)
            call.at = self._tick()
        else:
            self._reading.fault("rounded-counts")
        # What DeepSeek says it was sent has the cached tokens in it; aider adds written ones.
        inside = hit if "deepseek" in (self._model or "").lower() else written
        call.input_tokens = max(0, sent - inside)
        self._reading.calls.append(call)

    def _settle(self) -> None:
        """Add the blocks of the answer before, as aider said what became of them."""
        for block in self._blocks:
            if block.path in self._applied:
                self._add(block, "applied")
            elif block.path in self._skipped:
                self._add(block, "refused")
            else:
                self._add(block, "failed")
        known = {block.path for block in self._blocks}
        for _ in self._applied - known:
            self._reading.fault("edit-without-patch")
        self._blocks = []
        self._applied, self._skipped, self._created = set(), set(), set()

    def _add(self, block: _Block, status: str) -> None:
        search, replace = "\n".join(block.search), "\n".join(block.replace)
        new = block.path in self._created and not search.strip()
        lines = tuple(lines_of(replace))
        created = (Change((), lines, 1, 1),) if lines else ()
        self._numbered += 1
        name = self._session.session
        edit = Edit(
            edit=f"{name}:edit:{self._numbered}",
            session=name,
            turn=self._key,
            at=self._tick(),
            path=absolute(block.path, self._folder),
            tool="search/replace",
            status="applied" if status == "applied" else "failed",
            kind="create" if new else "update",
            changes=created if new else difference_of_fragment(search, replace),
            before="" if new else None,
        )
        if status == "refused":
            edit.status, edit.decided_by = "refused", "person"
            self._decide(edit)
        elif status == "applied":
            self._uncommitted.append(edit)
        self._reading.edits.append(edit)

    def _decide(self, edit: Edit) -> None:
        self._reading.decisions.append(
            Decision(edit.edit, edit.session, edit.turn, edit.at, edit.tool, False, "person")
        )

    def _take_commit(self, commit: str) -> None:
        """Take a commit, if it is of edits: aider also commits what it finds, before it edits."""
        if self._applied or not self._blocks:
            self._settle()
        if not self._uncommitted:
            return
        self._committed[commit] = self._uncommitted
        self._uncommitted = []
        self._reading.references.append(
            Reference(self._session.session, "commit", commit, self._tick(), self._key)
        )

    def _take_back(self, commit: str) -> None:
        """Take an undo: the person refuses, afterwards, the edits of a commit."""
        for edit in self._committed.pop(commit, []):
            edit.status, edit.decided_by = "refused", "person"
            self._decide(edit)


def _is_prompt(line: str, marked: bool) -> bool:
    """Tell whether a line is a person's; answers have such headings too, but no mark at the end."""
    return line.startswith("#### ") and (line.endswith("  ") or not marked)


def _ends_answer(line: str) -> bool:
    """Tell whether a line cannot stand in an answer: it was cut off before."""
    return _is_prompt(line, True) or line.startswith(("> ^C", "> Tokens: "))


def _count(pattern: re.Pattern[str], said: str) -> int:
    found = pattern.search(said)
    if found is None:
        return 0
    number = _decimal(found[1].replace(",", ""))
    return round(number * {"k": 1_000, "M": 1_000_000}.get(found[2] or "", 1))


def _decimal(digits: str) -> float:
    try:
        return float(digits.rstrip("."))
    except ValueError:
        return 0.0


def _shown(count: int) -> str:
    """Return a count as aider shows it."""
    if count < 1_000:
        return str(count)
    return f"{count / 1_000:.1f}k" if count < 10_000 else f"{round(count / 1_000)}k"
