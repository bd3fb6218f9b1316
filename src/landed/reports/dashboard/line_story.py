"""The story of one line, as somebody may read it: nobody's work but their own is told of people."""

from __future__ import annotations

from dataclasses import replace

from landed.reports.why import CommitShown, Statement, Stay, Story

_NOBODY = ""


def story_for(
    story: Story, own: frozenset[str], *, alone: bool = False, may_read_code: bool = False
) -> Story:
    """The story without what concerns other people's work.

    The session behind a line, its prompt's time and its dollars are kept for the one who ran it:
    `own` are the e-mail addresses of who looks; `alone` says that sessions of nobody known are
    theirs too. Authors of commits stand in the repository, so who may read it is told them.
    """
    person = story.generated.session.person if story.generated else None
    owner = person is not None and person.lower() in own
    if story.generated is not None and person is None:
        owner = alone
    told = story if owner else _without_session(story)
    if told.requests is not None and not may_read_code:
        told = replace(told, requests=tuple(replace(one, author=None) for one in told.requests))
    return told if may_read_code else _without_authors(told)


def _without_session(story: Story) -> Story:
    evidence = tuple(replace(one, session=None, rule=_general(one)) for one in story.evidence)
    return replace(story, generated=None, evidence=evidence)


def _general(statement: Statement) -> str:
    """A rule without the edit that it names."""
    if statement.source != "session":
        return statement.rule
    return f"an edit of {statement.agent}" if statement.agent else "an edit"


def _without_authors(story: Story) -> Story:
    return replace(
        story,
        text="",
        commit=_anonymous(story.commit),
        lineage=tuple(
            replace(one, commit=replace(one.commit, author=_NOBODY)) for one in story.lineage
        ),
        stays=tuple(
            Stay(
                replace(one.entered, author=_NOBODY),
                _anonymous(one.left),
                _anonymous(one.removed_by),
            )
            for one in story.stays
        ),
    )


def _anonymous(commit: CommitShown | None) -> CommitShown | None:
    return None if commit is None else replace(commit, author=_NOBODY)
