"""Signals in the texts of a change: its author, branch, body and labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from landed.records import FORGES, Change, ChangeSignal
from landed.sources.forges.signals import MatchSignals, Place


def signals_of(
    change: Change, body: str | None, labels: Iterable[str], match_signals: MatchSignals
) -> Iterator[ChangeSignal]:
    """Yield each signal once; the first place that bears it stands for it."""
    texts: list[tuple[Place, str | None]] = [
        ("author", change.author),
        ("branch", change.head_ref),
        ("request-body", body),
    ]
    for label in labels:
        texts.append(("label", label))
    matched: set[str] = set()
    for where, said in texts:
        for match in match_signals(where, said) if said else ():
            if match.rule not in matched:
                matched.add(match.rule)
                yield ChangeSignal(
                    repository=FORGES,
                    project=change.project,
                    number=change.number,
                    rule=match.rule,
                    place=where,
                    who=match.who,
                    agent=match.agent,
                    model=match.model,
                    grade=match.grade,
                    session=match.session,
                )
