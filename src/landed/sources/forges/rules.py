"""What a connection's settings say of issues, programs and signals, to readers and webhooks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from landed.sources.forges.issue_labels import IssueLabels
from landed.sources.forges.keys import login_of
from landed.sources.forges.signals import MatchSignals


@dataclass(frozen=True, slots=True)
class Rules:
    """What a connection's settings say, whether polling or a webhook tells.

    Attributes:
        labels: which issues are incidents or bugs.
        bots: names, lower case, of accounts that are programs.
        match_signals: finds signals in texts of a change.
    """

    labels: IssueLabels
    bots: frozenset[str]
    match_signals: MatchSignals


def rules_of(
    incident_labels: Sequence[str],
    bug_labels: Sequence[str],
    bots: Collection[str],
    match_signals: MatchSignals,
) -> Rules:
    """The rules that globs of labels, user names of programs and a matcher of signals make."""
    names = frozenset(name for bot in bots if (name := login_of(bot)))
    return Rules(IssueLabels(incident_labels, bug_labels), names, match_signals)
