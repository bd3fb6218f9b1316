"""From counted lines to estimates: survival, intervals by resampling changes, and comparisons."""

from landed.compare.comparison import Comparison, compare_matched
from landed.compare.exits import HORIZON, Exits
from landed.compare.figures import Figure, figure_at
from landed.compare.resampling import Resampling
from landed.compare.shares import share_of
from landed.compare.survival import curve, resampled_curves

__all__ = [
    "HORIZON",
    "Comparison",
    "Exits",
    "Figure",
    "Resampling",
    "compare_matched",
    "curve",
    "figure_at",
    "resampled_curves",
    "share_of",
]
