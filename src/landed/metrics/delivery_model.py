"""The relations that metrics of changes, deployments and incidents are asked of.

Ids are text, times seconds since 1970, null where not known or where it has not happened.
Everything is as of the end of the window.
"""

from __future__ import annotations

import pyarrow as pa

_TEXT, _COUNT, _FLAG, _REAL = pa.string(), pa.int64(), pa.bool_(), pa.float64()

CHANGE_FACT = pa.schema(
    {
        "repository": _TEXT,
        "project": _TEXT,
        "number": _COUNT,
        "title": _TEXT,
        "state": _TEXT,
        "draft": _FLAG,
        "author": _TEXT,
        "automation": _FLAG,
        "team": _TEXT,
        "opened_second": _COUNT,
        "first_commit_second": _COUNT,
        "first_review_second": _COUNT,
        "approved_second": _COUNT,
        "merged_second": _COUNT,
        "closed_second": _COUNT,
        "deployed_second": _COUNT,
        "landed": _FLAG,
        "additions": _COUNT,
        "deletions": _COUNT,
        "files": _COUNT,
        "commits": _COUNT,
        "lines": _COUNT,
        "ai_low": _COUNT,
        "ai_high": _COUNT,
        "other_lines": _COUNT,
        "agent": _TEXT,
        "heavy": _FLAG,
        "size_band": _TEXT,
        "rounds": _COUNT,
        "reviews": _COUNT,
        "line_comments": _COUNT,
        "discussion_comments": _COUNT,
        "reviewers": _COUNT,
        "senior_reviewers": _COUNT,
        "approvals": _COUNT,
        "reviewed": _FLAG,
        "reviewer_minutes": _REAL,
        "design": _FLAG,
        "green": _FLAG,
        "check_seconds": _COUNT,
        "hotfix": _FLAG,
        "revert": _FLAG,
        "reverted": _FLAG,
        "incidents": _REAL,
        "failed": _FLAG,
        "live_lines": _COUNT,
        "reworked_lines": _COUNT,
        "reverted_or_fixed_lines": _COUNT,
        "watched_lines": _COUNT,
        "generated_lines": _COUNT,
        "list_microdollars": _COUNT,
        "cash_microdollars": _COUNT,
        "sessions": _COUNT,
        "turns": _COUNT,
    }.items()
)
"""One row for each change that was open in the window.

author: person, else HOST/LOGIN. automation: opened by a dependency or release bot. team: of the
author. first_review and approved: the first review or comment, and the first approval, by somebody
else who is no program, before it was merged. lines: those that landed with it, by the first line of
their lineage, else those born on its branch; ai_low of them are by ai by evidence stronger than
declared, ai_high by declared evidence too. heavy: at least half are ai's; null without lines.
rounds: reviews that asked for changes, and 1 if there was any review. reviewers: who submitted a
review or commented on the code. reviewed: in time, before it was merged. reviewer_minutes: an
estimate by the configuration's rates. incidents: incidents (not bugs) by its share of their
introducing lines, those linked by time alone left out. failed: reverted, or one of these, a hotfix
or a rollback points at it. live_lines: on the default branch or in production. reworked_lines: gone
within the rework window; reverted_or_fixed_lines of them by a revert or a fix; watched_lines are
old enough for the window. generated_lines to turns: of agents' sessions; null where these were not
asked for.
"""

DIRECT_FACT = pa.schema([*CHANGE_FACT, pa.field("step", _COUNT)])
"""The same for each step of the default branch in the window that no change made.

project and number are null; so is all that only a change has. merged_second is when the step was
taken.
"""

DEPLOYMENT_FACT = pa.schema(
    {
        "repository": _TEXT,
        "project": _TEXT,
        "deployment": _TEXT,
        "stream": _TEXT,
        "environment": _TEXT,
        "service": _TEXT,
        "created_second": _COUNT,
        "second": _COUNT,
        "succeeded": _FLAG,
        "kind": _TEXT,
        "changes": _COUNT,
        "lines": _COUNT,
        "ai_low": _COUNT,
        "ai_high": _COUNT,
        "failed": _FLAG,
        "failed_by": _TEXT,
        "recovered_second": _COUNT,
        "month": _TEXT,
    }.items()
)
"""One row for each production deployment in the window that succeeded or failed.

changes and lines: what it brought, of a service within its paths. failed: it failed itself, the
next one was a rollback or a hotfix, or an incident was traced to it (not by its time alone);
failed_by is the first of failure, rollback, hotfix and incident that holds. recovered_second: the
end of the last incident traced to it (null while one is not over), else the next one that
succeeded.
"""

INCIDENT_FACT = pa.schema(
    {
        "repository": _TEXT,
        "project": _TEXT,
        "incident": _TEXT,
        "kind": _TEXT,
        "title": _TEXT,
        "severity": _TEXT,
        "started_second": _COUNT,
        "resolved_second": _COUNT,
        "rule": _TEXT,
        "deployment": _TEXT,
        "lines": _COUNT,
        "ai_low_share": _REAL,
        "ai_high_share": _REAL,
        "agent": _TEXT,
        "month": _TEXT,
    }.items()
)
"""One row for each incident and bug that began in the window.

rule: link, root-cause, fix, time or none. deployment: the one that brought most of its introducing
lines to production. lines: its introducing lines; the shares of ai are null where there are none.
"""

REVIEW_FACT = pa.schema(
    {
        "repository": _TEXT,
        "project": _TEXT,
        "number": _COUNT,
        "reviewer": _TEXT,
        "senior": _FLAG,
        "second": _COUNT,
        "state": _TEXT,
    }.items()
)
"""One row for each review that somebody else, no program, submitted of a change in change_fact."""

CHECK_FACT = pa.schema(
    {
        "repository": _TEXT,
        "project": _TEXT,
        "number": _COUNT,
        "name": _TEXT,
        "state": _TEXT,
        "seconds": _COUNT,
    }.items()
)
"""One row for each run of a check on the commits of a change in change_fact.

seconds: null where start or end is not told.
"""

PRODUCTION_TIME = pa.schema(
    {
        "repository": _TEXT,
        "who": _TEXT,
        "agent": _TEXT,
        "grade": _TEXT,
        "lines": _COUNT,
        "line_days": _REAL,
        "unreviewed_lines": _COUNT,
    }.items()
)
"""Lines of the ledger by who wrote them: those in production at the end, and days in production.

who: ai (a mixed line counts so), human, automation or unknown, as a grade `inferred` always is.
line_days: within the window. unreviewed_lines: of lines, those that landed without a review by
somebody else since the first change was opened; null where no reviews are known.
"""

DELIVERY_SCOPE = pa.schema(
    {
        "since_second": _COUNT,
        "until_second": _COUNT,
        "rework_days": _COUNT,
        "minutes_per_round": _REAL,
        "minutes_per_comment": _REAL,
        "minutes_per_hundred_lines": _REAL,
        "hourly_microdollars": _COUNT,
        "check_minute_microdollars": _COUNT,
    }.items()
)
"""One row: the window, and the rates that estimates use."""

REPOSITORY_SCOPE = pa.schema(
    {
        "repository": _TEXT,
        "has_forge": _FLAG,
        "has_checks": _FLAG,
        "has_reviews": _FLAG,
        "has_deployments": _FLAG,
        "has_incidents": _FLAG,
        "first_deployment_known": _FLAG,
    }.items()
)
"""One row for each repository: what is known of it.

has_deployments: real ones, in whatever environment. first_deployment_known: something tells what
was in production first, be it release tags.
"""

RELATIONS = {
    "change_fact": CHANGE_FACT,
    "direct_fact": DIRECT_FACT,
    "deployment_fact": DEPLOYMENT_FACT,
    "incident_fact": INCIDENT_FACT,
    "review_fact": REVIEW_FACT,
    "check_fact": CHECK_FACT,
    "production_time": PRODUCTION_TIME,
    "delivery_scope": DELIVERY_SCOPE,
    "repository_scope": REPOSITORY_SCOPE,
}
"""Every relation of the deliveries by name."""
