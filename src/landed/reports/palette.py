"""Colours, each with one meaning everywhere, told apart by colour-blind readers too.

Every colour has its counterpart for dark backgrounds. Charts are drawn in the light ones; the
page's style sheet turns them into the others where the reader prefers dark.
"""

from __future__ import annotations

WHO = {"ai": "#0072b2", "human": "#e69f00", "automation": "#cc79a7", "unknown": "#a3abb5"}
AI_DECLARED = "#86bfdf"
"""AI lines for which only the commit itself says so."""
AI_TINTS = ("#004a77", "#0072b2", "#4f9fd1", "#86bfdf", "#b9d9ec")
"""For parts of what AI did, such as its models: the largest first, then `WHO["unknown"]`."""
FATE = {"live": "#009e73", "merged": "#7fcdb5", "reworked": "#d55e00", "replaced": "#c9b58a"}
WAITING = "#9db0c6"
"""Lines on their way: not committed yet, or on an open branch."""
WASTE = "#8f2252"
"""Lines that were refused or thrown away, and what they cost."""
BUCKETS = {
    "live": FATE["live"],
    "merged": FATE["merged"],
    "unmerged": WAITING,
    "pending": WAITING,
    "reworked": FATE["reworked"],
    "replaced": FATE["replaced"],
    "rewritten_in_review": FATE["replaced"],
    "closed": WASTE,
    "discarded": WASTE,
    "rejected": WASTE,
    "outside": WHO["unknown"],
    "excluded": WHO["unknown"],
    "untraced": WHO["unknown"],
}
"""The colour of each bucket of generated lines."""

INK = "#1c2024"
MUTED = "#60656c"
GRID = "#e3e6ea"

DARK = {
    WHO["ai"]: "#3ea6e6",
    AI_DECLARED: "#27618a",
    AI_TINTS[0]: "#a5d6f7",
    AI_TINTS[2]: "#2f7fb4",
    AI_TINTS[4]: "#1f4763",
    WHO["human"]: "#f2b441",
    WHO["automation"]: "#d993bb",
    WHO["unknown"]: "#6f7883",
    FATE["live"]: "#26c08f",
    FATE["merged"]: "#1f7a60",
    FATE["reworked"]: "#f07f37",
    FATE["replaced"]: "#8d7c54",
    WAITING: "#53687f",
    WASTE: "#d8608f",
    INK: "#edeef0",
    MUTED: "#a0a7b0",
    GRID: "#2b3036",
}
