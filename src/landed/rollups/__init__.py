"""Roll-ups: what every metric is asked of, added up beforehand, so that pages answer at once."""

from landed.rollups.build import compute_rollups, write_rollups
from landed.rollups.filters import DIMENSIONS, UNTOLD, Dimension, Filter
from landed.rollups.reading import Rollups
from landed.rollups.update import RollupUpdate, update_rollups

__all__ = [
    "DIMENSIONS",
    "UNTOLD",
    "Dimension",
    "Filter",
    "RollupUpdate",
    "Rollups",
    "compute_rollups",
    "update_rollups",
    "write_rollups",
]
