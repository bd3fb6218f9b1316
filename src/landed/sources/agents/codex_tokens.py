"""Codex's token counts, told apart: what one answer of the model used, and what is told again.

Older versions write running totals after each answer, and write unchanged ones again; newer ones
write a record of each answer before the total. Cached input stands inside the input, reasoning
inside the output.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from landed.sources.agents.fields import mapping, whole

_CLASSES = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)


class Usage(NamedTuple):
    """Tokens of one answer or of all so far; `input` holds both kinds of cached input."""

    input: int
    cached: int
    written: int
    output: int
    reasoning: int

    @property
    def fresh(self) -> int:
        """Input that was neither read from a cache nor written to one."""
        return max(self.input - self.cached - self.written, 0)


def usage_of(value: Any) -> Usage | None:
    """Return the tokens of a usage object, or None where there are none."""
    found = Usage(*(whole(value, name) for name in _CLASSES))
    return found if any(found) else None


class Totals:
    """Follows the running total of one file and says what each new one adds.

    `total` is the last total seen. `recorded` is true once the file has records of single answers:
    its totals tell of nothing else then.
    """

    def __init__(self, total: list[int] | None = None, recorded: bool = False) -> None:
        self.total = Usage(*total) if total else None
        self.recorded = recorded

    def added(self, info: Any, first_is_own: bool) -> Usage | None:
        """Return what the answer before this total used; None where the total tells nothing new.

        The first total of a file that goes on from another's counts only if `first_is_own`: it
        may be the other's last, told again.
        """
        total = usage_of(mapping(info, "total_token_usage"))
        last = usage_of(mapping(info, "last_token_usage"))
        before, self.total = self.total, total or self.total
        if total is None or total == before or self.recorded:
            return None
        if before is None:
            return (last or total) if first_is_own else None
        steps = [new - old for new, old in zip(total, before, strict=True)]
        # A total that fell was begun anew: only the answer's own figures are left to go by.
        return last if min(steps) < 0 else Usage(*steps)
