"""Lineage: above the lines that blame knows, a line joined to its successor or twin.

Line ids never change; `line_link` holds the joints and `lineage` the first line of each chain.
Every line has at most one deciding predecessor. The rules ask in this order, and the first that
finds one decides: layout (found by mining inside a hunk), move, revert, cherry-pick and rebase,
squash. Links lead from younger to older commits only, so chains end.
"""

from landed.attribution.lineage.linking import LineageSettings, LineageSummary, link

__all__ = ["LineageSettings", "LineageSummary", "link"]
