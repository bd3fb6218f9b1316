"""From counted lines to estimates: survival, intervals by resampling changes, and comparisons."""

from landed.compare.comparison import Comparison, compare_matched
from landed.compare.events import events_per
from landed.compare.exits import HORIZON, Exits
from landed.compare.figures import Figure, figure_at, figures_at
from landed.compare.forecast import Forecast, forecast_month
from landed.compare.matching import (
    FEWEST_PEOPLE,
    NOBODY,
    Changes,
    Matched,
    compare_amounts,
    compare_rates,
)
from landed.compare.medians import Amount, median_of
from landed.compare.rates import rate_of
from landed.compare.resampling import Resampling
from landed.compare.shares import share_of
from landed.compare.survival import curve, resampled_curves

__all__ = [
    "FEWEST_PEOPLE",
    "HORIZON",
    "NOBODY",
    "Amount",
    "Changes",
    "Comparison",
    "Exits",
    "Figure",
    "Forecast",
    "Matched",
    "Resampling",
    "compare_amounts",
    "compare_matched",
    "compare_rates",
    "curve",
    "events_per",
    "figure_at",
    "figures_at",
    "forecast_month",
    "median_of",
    "rate_of",
    "resampled_curves",
    "share_of",
]
