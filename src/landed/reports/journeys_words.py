"""How stages, buckets, kinds of turns and ratios are called."""

from __future__ import annotations

SHORT_ID = 13
"""Characters of a session that are shown: those made within a minute may begin alike."""

STAGE_WORDS = {
    "generated": "generated",
    "accepted": "accepted",
    "committed": "committed",
    "reviewed": "reviewed",
    "green": "CI green",
    "merged": "merged",
    "deployed": "deployed",
    "live": "live now",
}
BUCKET_WORDS = {
    "live": "live in production",
    "merged": "on the default branch, not in production",
    "reworked": "reworked within the window",
    "replaced": "replaced later",
    "rewritten_in_review": "committed, gone from the branch's last version",
    "closed": "on a branch that was closed or is idle",
    "unmerged": "on an open branch",
    "pending": "not committed yet",
    "discarded": "never committed, and gone",
    "rejected": "refused, or the edit failed",
    "outside": "in files of no repository",
    "excluded": "in paths that the rules leave out",
    "untraced": "cannot be followed",
}
KIND_WORDS = {
    "lines": "turns that generated lines",
    "removal": "turns that only removed lines",
    "untraced_code": "turns that changed files through the shell",
    "non_code": "questions, planning, review, debugging",
    "no_session": "calls that belong to no turn",
}
RATIO_WORDS = {
    "live_30": "In production 30 days after they first were, of lines old enough",
    "live_90": "In production 90 days after they first were, of lines old enough",
    "acceptance": "Acceptance: lines a person accepted, of those decided on",
    "ship_rate": "Ship rate: lines deployed, of those committed",
    "completion": "Completion: lines merged and not reworked, of those old enough",
    "manual_rework": "Manual rework: merged lines that a human took out within the window",
    "fixing_share": "Minutes spent mending AI's own lines, of all minutes in turns",
}
BENCHMARKS = (
    "Published figures, per developer and month: median $86, top quartile over $195, highest over "
    "$28,000 (Stanford AI Spend Index, 140 companies, 2026); $150–250 with Claude Code (Anthropic, "
    "2026)."
)
"""What others paid, to show beside one's own."""
