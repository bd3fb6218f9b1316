"""Which tags count as releases, in which order, and which one stands for production."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from landed.errors import UsageError
from landed.journey.production import in_order, looks_final

NEWEST = 12
"""How many releases are taken where none were asked for."""

_SHOWN_TAGS = 5


@dataclass(frozen=True)
class ReleaseStep:
    """A chosen release.

    Attributes:
        tag: its name; null for what stands on the main line and is in no release yet.
        position: its place among the chosen ones, from 0, oldest first.
        step: the newest step of the main line that it contains.
        released_at: the tag's date; null without a tag.
        beside: the tag itself is not on the main line.
    """

    tag: str | None
    position: int
    step: int
    released_at: datetime | None
    beside: bool


@dataclass(frozen=True)
class ChosenReleases:
    """The releases in order, oldest first. `first_is_cut` says that older ones were left out, so
    that the first is there only to be compared with."""

    steps: list[ReleaseStep]
    first_is_cut: bool

    @property
    def live(self) -> ReleaseStep | None:
        """The release that stands for production: the one farthest along the main line."""
        tagged = [step for step in self.steps if step.tag is not None]
        return tagged[-1] if tagged else None

    @property
    def tags_beside(self) -> list[str]:
        """The tags that are not on the main line."""
        return [step.tag for step in self.steps if step.beside and step.tag is not None]

    def pairs(self) -> list[tuple[ReleaseStep | None, ReleaseStep]]:
        """Each release with the one before it; null before the first of all."""
        pairs = list(zip([None, *self.steps], self.steps, strict=False))
        return pairs[1:] if self.first_is_cut else pairs


def choose_releases(
    rows: Iterable[dict[str, Any]], pattern: str | None, until_step: int
) -> ChosenReleases:
    """The releases to report on, in the order of the main line, then of their date.

    `rows` are those of the table `release` with their commit's `change_index`. A release on a
    branch that was merged stands where the merge stands, one on a branch that never was where
    the branch began. With a `pattern` all tags that it matches, without
    one the newest tags that look like final versions. Tags that share no commit with the main
    line, and those beyond step `until_step`, are left out. Several tags on one commit are one
    release, by the first name. What came after the last release stands at the end. Raises
    UsageError where a pattern matches no tag.
    """
    known = list(rows)
    if pattern is None:
        matching = [row for row in known if looks_final(row["tag"])]
    else:
        matching = [row for row in known if fnmatch.fnmatchcase(row["tag"], pattern)]
        if not matching:
            raise UsageError(_nothing_matches(pattern, known))
    ordered = in_order(matching, until_step)
    cut = pattern is None and len(ordered) > NEWEST
    chosen = ordered[-NEWEST - 1 :] if cut else ordered
    steps = [
        ReleaseStep(
            row["tag"], place, row["base_index"], row["released_at"], not row["on_mainline"]
        )
        for place, row in enumerate(chosen)
    ]
    if steps:
        steps.append(ReleaseStep(None, len(steps), until_step, None, False))
    return ChosenReleases(steps, cut)


def _nothing_matches(pattern: str, rows: Sequence[dict[str, Any]]) -> str:
    if not rows:
        return f"--releases {pattern} matches no tag: the repository has none"
    newest = sorted(rows, key=lambda row: (row["released_at"], row["tag"]), reverse=True)
    shown = ", ".join(row["tag"] for row in newest[:_SHOWN_TAGS])
    more = f" and {len(rows) - _SHOWN_TAGS:,} more" if len(rows) > _SHOWN_TAGS else ""
    return f"--releases {pattern} matches no tag; there are {shown}{more}"
