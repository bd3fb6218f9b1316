"""How stages, buckets, kinds of turns and ratios are called."""

from __future__ import annotations

STAGE_WORDS = {
    "generated": "generated",
    "accepted": "accepted",
    "committed": "committed",
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
    "no_session": "calls without a session",
}
RATIO_WORDS = {
    "acceptance": "Acceptance: lines a person accepted, of those decided on",
    "ship_rate": "Ship rate: lines deployed, of those committed",
    "completion": "Completion: lines merged and not reworked, of those old enough",
    "manual_rework": "Manual rework: merged lines that a human took out within the window",
    "fixing_share": "Minutes spent mending AI's own lines, of all minutes in turns",
}
