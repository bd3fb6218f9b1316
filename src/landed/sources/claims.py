"""What line-level records say, in one form for every source of them."""

from __future__ import annotations

from dataclasses import dataclass, field

LARGEST_LINE = 2**31 - 1


@dataclass(frozen=True)
class Contributor:
    """Who a record names. `tool` and `model` are as the source spells them; null where untold."""

    who: str
    tool: str | None = None
    model: str | None = None
    session: str | None = None


@dataclass(frozen=True)
class Claim:
    """One statement about lines of a path: `ranges` are first and last line, from 1, inclusive.

    `commit` is null where the place of the record tells it (a note on a commit). `key` is the
    source's own name for the contributor or the record.
    """

    commit: str | None
    path: str
    contributor: Contributor
    key: str
    ranges: tuple[tuple[int, int], ...]


@dataclass
class Claims:
    """What a record says, in its own order, and how often which part could not be understood."""

    claims: list[Claim] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)

    def fault(self, kind: str, count: int = 1) -> None:
        """Count something that could not be understood."""
        self.faults[kind] = self.faults.get(kind, 0) + count
