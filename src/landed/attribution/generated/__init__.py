"""From the edits in agents' logs to the lines of commits that carry what they generated."""

from landed.attribution.generated.elsewhere import place_elsewhere
from landed.attribution.generated.update import MatchSummary, match_generated

__all__ = ["MatchSummary", "match_generated", "place_elsewhere"]
