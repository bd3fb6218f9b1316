"""What the figures take for granted, in words for people who did not build them."""

from __future__ import annotations

from landed.reports.board.board import Board
from landed.reports.money import dollars

_MICRO = 1_000_000


def assumptions_of(board: Board) -> list[str]:
    """Every assumption in one sentence, the heaviest first."""
    told = [
        "List price is what the vendors' public prices make of the tokens; cash is what was paid, "
        "spread over captured work.",
        "A line costs what the turn cost that generated it, each of the turn's lines alike; turns "
        "without lines count only where it says all spending or loaded.",
    ]
    if board.in_production:
        told.append(
            "A line is in production once a deployment or release contains its commit, until one "
            "does not."
        )
    told.append(
        f"Rework is a line's leaving the default branch within {board.rework_days} days; what "
        "differs between AI and others goes together with it and need not be its cause."
    )
    if board.hourly_rate is not None:
        rate = dollars(board.hourly_rate * _MICRO)
        told.append(f"Nobody's hours are in the costs; an hour is taken to cost {rate}.")
    else:
        told.append("Nobody's hours are in the costs.")
    told.append(
        f"Figures of fewer than {board.smallest} people are shown to nobody, or stand among others."
    )
    return told
