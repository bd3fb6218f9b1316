"""The files of a made-up repository: blocks of lines, changed on drafts that are merged later."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from landed.demo.script import Edit

_KEYS = count(1)


@dataclass(eq=False)
class Block:
    """Lines that belong together, such as a function; `key` outlives copies of it."""

    lines: list[str]
    request: int
    agent: bool
    key: int = field(default_factory=lambda: next(_KEYS))


@dataclass(eq=False)
class SourceFile:
    """A file; nobody else takes it up before `free_at`."""

    path: str
    blocks: list[Block]
    free_at: datetime

    @property
    def length(self) -> int:
        """How many lines it has."""
        return sum(len(block.lines) for block in self.blocks)

    def find(self, key: int) -> Block | None:
        """The block of this key, if it is still there."""
        return next((block for block in self.blocks if block.key == key), None)


class Draft:
    """A file as a branch changes it."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.path = file.path
        self.blocks = [Block(list(b.lines), b.request, b.agent, b.key) for b in file.blocks]

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(f"{line}\n" for block in self.blocks for line in block.lines)

    def add(self, block: Block, at: datetime) -> Edit:
        """Put a block at the end; a blank line parts it from what stands before."""
        if self.blocks:
            block.lines.insert(0, "")
        above = self.blocks[-1].lines[-1] if self.blocks else None
        place = sum(len(known.lines) for known in self.blocks) + 1
        self.blocks.append(block)
        return Edit(at, self.path, place, above, (), tuple(block.lines))

    def replace(
        self, key: int, start: int, number: int, lines: list[str], at: datetime
    ) -> Edit | None:
        """Put `lines` in the place of `number` lines of a block, from its line `start` on."""
        place = 1
        above: str | None = None
        for block in self.blocks:
            if block.key == key:
                removed = tuple(block.lines[start : start + number])
                if not removed:
                    return None
                above = block.lines[start - 1] if start else above
                block.lines[start : start + number] = lines
                if not block.lines:
                    self.blocks.remove(block)
                return Edit(at, self.path, place + start, above, removed, tuple(lines))
            place += len(block.lines)
            above = block.lines[-1]
        return None
