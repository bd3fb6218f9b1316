"""How stages, kinds, times and differences of delivery are called and written."""

from __future__ import annotations

from landed.compare import FEWEST_PEOPLE, Amount, Matched
from landed.reports.delivery_model import IncidentRate
from landed.reports.wording import count, percent

STAGE_WORDS = {
    "to_open": "first commit to opening",
    "to_review": "opening to first review",
    "to_approval": "first review to approval",
    "to_merge": "approval to merge",
    "to_deploy": "merge to deployment",
    "until_merge": "whole, to merge",
    "until_deploy": "whole, to deployment",
}
RULE_WORDS = {
    "link": "a link names the cause",
    "root-cause": "the root cause is named",
    "fix": "the lines that the fix took out",
    "time": "only the time of a deployment (inferred)",
    "none": "no cause is known",
}
CONNECT = (
    "Changes, reviews, checks and deployments are not connected: landed connect github or gitlab; "
    "landed deployment record in a pipeline"
)
"""What stands where delivery would, when nothing is connected."""
NOTHING_FAILED = "changes that failed, incidents, DORA: not connected; landed connect github"
"""The same in one line."""
WEEKLY = "a week and repository"
"""What deployments are counted for."""
_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0


def time_told(found: Amount, short: bool = False) -> str:
    """A median time with its interval as 15 h (11–20), or how many more would tell.

    Days are `d` where it is `short`.
    """
    if found.estimate is None or found.low is None or found.high is None:
        return short_missing(found)
    unit, word = _unit(found.estimate, short)
    told, low, high = (_number(value / unit) for value in (found.estimate, found.low, found.high))
    return f"{told} {word} ({low}–{high})"


def minutes_told(found: Amount) -> str:
    """A median of minutes with its interval as 36 min (29–42)."""
    if found.estimate is None or found.low is None or found.high is None:
        return short_missing(found)
    return f"{found.estimate:.0f} min ({found.low:.0f}–{found.high:.0f})"


def rate_told(found: Amount) -> str:
    """Events for a thousand as 0.42 (0.21–0.75)."""
    if found.estimate is None or found.low is None or found.high is None:
        return short_missing(found)
    digits = 3 if found.estimate < 0.1 else 2 if found.estimate < 10 else 1
    return f"{found.estimate:.{digits}f} ({found.low:.{digits}f}–{found.high:.{digits}f})"


def short_missing(found: Amount) -> str:
    """Why there is no figure, in few words."""
    return f"needs +{found.more:,}" if found.more else "–"


def time_difference(found: Matched, short: bool = False) -> str:
    """AI-heavy less others as −5.6 h (−9.7 to −0.9), or why it is not told."""
    if found.difference is None or found.low is None or found.high is None:
        return f"needs +{found.more}" if found.more else refusal(found)
    if found.low == found.high == 0:
        return "none"
    unit, word = _unit(max(abs(found.low), abs(found.high)), short)
    first, low, high = (
        _signed(value / unit) for value in (found.difference, found.low, found.high)
    )
    return f"{first} {word} ({low} to {high})"


def points_difference(found: Matched) -> str:
    """A difference of shares as +4.1 points (+0.3 to +7.9), or why it is not told."""
    if found.difference is None or found.low is None or found.high is None:
        return refusal(found)
    first, low, high = (
        f"{100 * value:+.1f}".replace("-", "−")
        for value in (found.difference, found.low, found.high)
    )
    return f"{first} points ({low} to {high})"


def refusal(found: Matched) -> str:
    """Why a difference is not told, in few words."""
    if found.verdict == "few people":
        return f"fewer than {FEWEST_PEOPLE} people"
    return f"too few, +{count(found.more or 0, 'change')}"


def verdict(found: Matched, more: str, less: str) -> str:
    """What a comparison comes to, as words after `AI-heavy ones`; an association."""
    if found.verdict in ("more", "less"):
        return f"AI-heavy ones {more if found.verdict == 'more' else less}, an association"
    if found.verdict == "no clear difference":
        needed = (
            f"; about {found.more:,} more changes would tell"
            if found.more and found.more <= 9 * (found.heavy + found.others)
            else ""
        )
        return f"no clear difference{needed}"
    return refusal(found)


def basis(found: Matched) -> str:
    """What a comparison rests on: changes, strata and people, and what was left out."""
    if not found.strata:
        return "there is no group of the same repository, author and size that has both kinds"
    left = f"; {count(found.left_out, 'group')} of one kind only left out" if found.left_out else ""
    return (
        f"{count(found.heavy, 'AI-heavy change')} and {count(found.others, 'other')} of "
        f"{count(found.people, 'author')} in {count(found.strata, 'group')} of the same "
        f"repository, author and size{left}"
    )


def weighed(found: IncidentRate) -> str:
    """A number of incidents as 2.6–3.3, or as one where both ends are written alike."""
    low, high = (f"{value:.1f}".removesuffix(".0") for value in (found.low, found.high))
    return high if low == high else f"{low}–{high}"


def share_reviewed(reviewed: int, changes: int) -> str:
    """The share of changes that somebody reviewed."""
    return percent(reviewed / changes if changes else None)


def _unit(seconds: float, short: bool) -> tuple[float, str]:
    size = abs(seconds)
    if size >= 2 * _DAY:
        return _DAY, "d" if short else "days"
    if size >= 2 * _HOUR:
        return _HOUR, "h"
    return (_MINUTE, "min") if size >= 2 * _MINUTE else (1.0, "s")


def _number(value: float) -> str:
    return f"{value:,.1f}" if abs(value) < 9.95 else f"{value:,.0f}"


def _signed(value: float) -> str:
    sign = "−" if value < 0 else "+"
    return f"{sign}{_number(abs(value))}"
