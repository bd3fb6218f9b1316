"""Colours, each with one meaning everywhere, told apart by colour-blind readers too.

Every colour has its counterpart for dark backgrounds. Charts are drawn in the light ones; the
page's style sheet turns them into the others where the reader prefers dark.
"""

from __future__ import annotations

WHO = {"ai": "#0072b2", "human": "#e69f00", "automation": "#cc79a7", "unknown": "#a3abb5"}
AI_DECLARED = "#86bfdf"
"""AI lines for which only the commit itself says so."""
FATE = {"live": "#009e73", "merged": "#7fcdb5", "reworked": "#d55e00", "replaced": "#c9b58a"}

INK = "#1c2024"
MUTED = "#60656c"
GRID = "#e3e6ea"

DARK = {
    WHO["ai"]: "#3ea6e6",
    AI_DECLARED: "#27618a",
    WHO["human"]: "#f2b441",
    WHO["automation"]: "#d993bb",
    WHO["unknown"]: "#6f7883",
    FATE["live"]: "#26c08f",
    FATE["merged"]: "#1f7a60",
    FATE["reworked"]: "#f07f37",
    FATE["replaced"]: "#8d7c54",
    INK: "#edeef0",
    MUTED: "#a0a7b0",
    GRID: "#2b3036",
}
