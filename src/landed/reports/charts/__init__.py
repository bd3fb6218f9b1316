"""The charts of the page, in Vega-Lite: each answers the question that its section asks.

A chart is drawn twice, for a wide and for a narrow screen, always with the same colours; it is
shown as SVG where there is no script, and on paper.
"""

from landed.reports.charts.counts import shown_by_quarter
from landed.reports.charts.drawing import VEGA_LITE, Drawing, drawings
from landed.reports.charts.look import CLASS_COLOURS, CLASS_LABELS, CLASSES, line_class

__all__ = [
    "CLASSES",
    "CLASS_COLOURS",
    "CLASS_LABELS",
    "VEGA_LITE",
    "Drawing",
    "drawings",
    "line_class",
    "shown_by_quarter",
]
