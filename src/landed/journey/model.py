"""The two relations of the journey: what became of every generated line, and of every turn's cost.

Nothing of this is stored: `read_journey` computes both from the store, as they stood at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa

from landed.records.schema import TIMESTAMP, Column

SUPERSEDED = "superseded"
"""The bucket of lines that their own turn replaced: counted apart, in no sum."""

BUCKETS = (
    "rejected",
    "outside",
    "excluded",
    "live",
    "merged",
    "reworked",
    "replaced",
    "rewritten_in_review",
    "closed",
    "unmerged",
    "pending",
    "discarded",
    "untraced",
)
"""Every generated line is in the first of these that holds."""

COMMITTED_BUCKETS = (*BUCKETS[3:10], "untraced")
"""The buckets that a line of the ledger can be in, by a known session or not."""

WASTED = ("rejected", "discarded", "closed")
"""Buckets of lines that led to nothing, whatever the reason."""

UNDONE = ("revert", "fix")
"""Reasons for which a reworked line led to nothing; other rework is churn."""

LINES = "lines"
TURN_BUCKETS = ("removal", "untraced_code", "non_code", "no_session")
"""Where the dollars of turns are that no line bears."""

UNALLOCATED = "unallocated"
"""Cash that was paid and that no call bears."""

JOURNEY_LINE = (
    Column("repository", pa.string(), False, "repository id, `outside` or `unread`"),
    Column("edit", pa.uint64(), False, "the edit that generated the line"),
    Column("ordinal", pa.int32(), False, "position among the edit's + lines, from 0"),
    Column("agent", pa.string(), False, "agent"),
    Column("session", pa.string(), False, "session"),
    Column("turn", pa.string(), True, "turn; null = untold"),
    Column("person", pa.string(), True, "who ran the session; null = not known"),
    Column("feature", pa.string(), True, "feature of the session; null = none found"),
    Column("model", pa.string(), True, "the turn's model with most output; null = untold"),
    Column("generated_at", TIMESTAMP, False, "when the edit was made"),
    Column("path", pa.string(), True, "path from the top of the repository; null = outside"),
    Column("bucket", pa.string(), False, "superseded, or the first bucket that holds"),
    Column(
        "reason",
        pa.string(),
        True,
        "rejected: person, policy or failed; reworked and replaced: revert, fix, rewrite or "
        "deletion; untraced: why, in plain words; else null",
    ),
    Column("wasted", pa.bool_(), False, "rejected, discarded, closed, or reverted or fixed"),
    Column(
        "removed_by",
        pa.string(),
        True,
        "of a line that left the default branch: who wrote the commit that took it out (ai, "
        "human, automation, unknown); else null",
    ),
    Column("decided", pa.bool_(), False, "a person decided on the edit"),
    Column("accepted", pa.bool_(), False, "the edit was applied"),
    Column("committed", pa.bool_(), False, "a line of the ledger carries it"),
    Column(
        "reviewed",
        pa.bool_(),
        True,
        "its change was approved or reviewed by another person, no program, before it was merged; "
        "null = no forge tells of the repository",
    ),
    Column(
        "green",
        pa.bool_(),
        True,
        "the latest run of every check of its change's head (else of the commit that merged it, or "
        "that it landed by) succeeded or had nothing to say, and one succeeded; null = none ran",
    ),
    Column("merged", pa.bool_(), False, "it reached the default branch, or production"),
    Column("deployed", pa.bool_(), False, "it reached production"),
    Column("live", pa.bool_(), False, "it is in production now"),
    Column(
        "live_30",
        pa.bool_(),
        True,
        "it was in production 30 days after it first was; null = that day has not come, it never "
        "was, or production is not known",
    ),
    Column("live_90", pa.bool_(), True, "the same of 90 days"),
    Column(
        "live_seconds",
        pa.int64(),
        True,
        "seconds in production so far, all stays together; null = production is not known",
    ),
    Column("similarity", pa.float64(), True, "committed to generated text, 1 = equal; null = not"),
    Column("committed_at", TIMESTAMP, True, "date of the commit that first carries it"),
    Column("merged_at", TIMESTAMP, True, "first entry into the default branch"),
    Column("deployed_at", TIMESTAMP, True, "first time in production"),
    Column("retired_at", TIMESTAMP, True, "end of the last stay in production; null = none"),
    Column("left_at", TIMESTAMP, True, "end of the last stay on the default branch; null = none"),
    Column("change", pa.int32(), True, "change_index it landed with; null = did not"),
    Column("project", pa.string(), True, "project of `number`; null = none"),
    Column(
        "number",
        pa.int64(),
        True,
        "the request it landed with, else the one whose branch bears it; null = none",
    ),
    Column("line", pa.int32(), True, "the ledger's line that first carries it; null = none"),
    Column("list_microdollars", pa.int64(), False, "its share of the turn's list price"),
    Column("cash_microdollars", pa.int64(), False, "its share of what was paid"),
)
"""One row for each generated line, superseded ones too.

The stages accepted, committed, merged, deployed and live are ordered: a line that is live passed
all of them. `reviewed` and `green` stand between committed and merged and are facts of their own: a
line that was merged without a review is merged and not reviewed. Each stage counts the lines that
passed it, whatever they passed before.
"""

JOURNEY_TURN = (
    Column("repository", pa.string(), False, "repository that bears the cost, outside or unread"),
    Column("agent", pa.string(), False, "agent"),
    Column("session", pa.string(), True, "session; null = calls without one"),
    Column("turn", pa.string(), True, "turn; null = calls without one"),
    Column("person", pa.string(), True, "who ran the session; null = not known"),
    Column("feature", pa.string(), True, "feature of the session; null = none found"),
    Column("branch", pa.string(), True, "branch checked out; null = untold"),
    Column("started_at", TIMESTAMP, False, "the prompt; without a turn, the first call"),
    Column("ended_at", TIMESTAMP, False, "last event; without a turn, the last call"),
    Column(
        "kind",
        pa.string(),
        False,
        "lines (its lines bear the cost), removal, untraced_code, non_code or no_session",
    ),
    Column("calls", pa.int32(), False, "model calls; with several repositories in one row only"),
    Column("unpriced_calls", pa.int32(), False, "those of them without a list price"),
    Column("input_tokens", pa.int64(), False, "input from no cache, as `calls` in one row only"),
    Column("cache_read_tokens", pa.int64(), False, "input from a cache, as above"),
    Column("cache_write_tokens", pa.int64(), False, "input written to a cache, as above"),
    Column("output_tokens", pa.int64(), False, "output, reasoning included, as above"),
    Column("list_microdollars", pa.int64(), False, "the part that this repository bears"),
    Column("cash_microdollars", pa.int64(), False, "the part that this repository bears"),
)
"""One row for each turn and repository that bears a part of its cost.

What cannot be divided (calls, tokens) stands in the row of the repository with the largest part,
so that sums over all rows are right.
"""


def schema_of(columns: tuple[Column, ...]) -> pa.Schema:
    """The Arrow schema of one of the two relations."""
    return pa.schema([pa.field(column.name, column.type, column.nullable) for column in columns])


JOURNEY_LINE_SCHEMA = schema_of(JOURNEY_LINE)
JOURNEY_TURN_SCHEMA = schema_of(JOURNEY_TURN)


class Missing(NamedTuple):
    """An input that is not there, so that some buckets cannot be told.

    `repository` is its id; `what` a sentence for people.
    """

    repository: str
    what: str


@dataclass(frozen=True)
class Journey:
    """Both relations as they stood at a time.

    Attributes:
        lines: one row for each generated line (`JOURNEY_LINE`).
        turns: one row for each turn and repository that bears a part of it (`JOURNEY_TURN`).
        elsewhere: where only some repositories were asked for, what others bear of turns that
            concern these (`JOURNEY_TURN`); else empty.
        at: the time.
        missing: what is not known, and which buckets suffer from it.
    """

    lines: pa.Table
    turns: pa.Table
    elsewhere: pa.Table
    at: datetime
    missing: list[Missing] = field(default_factory=list)
