"""The contract of every forge reader: what it asks, what it yields, from where it goes on.

A reader turns what one kind of forge tells into the records of `landed.records`. It knows nothing
of the store or of git. It yields pages: some records, and the state from which the next run goes
on once they are stored. Whoever stores a page stores its state in the same transaction, so that an
interruption at any moment loses nothing and doubles nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from landed.records import (
    Account,
    AccountEmail,
    Change,
    ChangeCommit,
    ChangeLabel,
    ChangeReference,
    ChangeSignal,
    CheckRun,
    Deployment,
    DeploymentChange,
    ForgeRelease,
    Incident,
    IncidentLink,
    Project,
    Review,
    ReviewComment,
    ReviewRequest,
    TeamMember,
)

CHANGES, CHECKS, DEPLOYMENTS, RELEASES, ISSUES = (
    "changes",
    "checks",
    "deployments",
    "releases",
    "issues",
)
NOUNS = (CHANGES, CHECKS, DEPLOYMENTS, RELEASES, ISSUES)
"""What is read of a project, each with a watermark of its own, in this order."""

ForgeRecord = (
    Project
    | Change
    | ChangeCommit
    | ChangeLabel
    | ChangeReference
    | ChangeSignal
    | Review
    | ReviewComment
    | ReviewRequest
    | CheckRun
    | Deployment
    | DeploymentChange
    | ForgeRelease
    | Incident
    | IncidentLink
    | Account
    | AccountEmail
    | TeamMember
)
"""What a page may hold."""

OF_A_CHANGE = (ChangeCommit, ChangeLabel, ChangeReference, ChangeSignal, ReviewRequest)
"""Records that are always told all together: those of a change take the place of its former ones.

Likewise `IncidentLink` of an incident whose `Incident` stands on the page, and `TeamMember` of an
organisation in `teams_of`. `DeploymentChange` of a deployment is only ever added to.
"""


@dataclass(slots=True)
class Page:
    """Some records, and the state from which reading goes on once they are stored.

    Attributes:
        records: in any order; the whole of each change that is named in `whole`.
        state: the reader's own, of JSON values.
        whole: numbers of changes of which everything in `OF_A_CHANGE` stands on this page.
        stale: numbers of changes that must be asked for again, because a part of them was told
            that does not stand alone (webhooks do that).
        teams_of: organisations of which all team members stand on this page.
        faults: by kind, what could not be understood (`missing-field`, `bad-time`, `unknown-state`
            and the like): counted, and left out.
    """

    records: list[ForgeRecord] = field(default_factory=list)
    state: dict[str, Any] | None = None
    whole: set[int] = field(default_factory=set)
    stale: set[int] = field(default_factory=set)
    teams_of: set[str] = field(default_factory=set)
    faults: dict[str, int] = field(default_factory=dict)

    def fault(self, kind: str, count: int = 1) -> None:
        """Count something that could not be understood."""
        self.faults[kind] = self.faults.get(kind, 0) + count


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a connection that a person should know: `serious` where data is missing."""

    what: str
    remedy: str
    serious: bool


class Forge(Protocol):
    """One forge, through one token. Use as a context manager; it holds connections open.

    Every method may raise of the family `ForgeError`: TokenRefused, ForgeUnreachable (after
    retries), ProjectGone, RateLimited (after waiting as long as was allowed). A page that was
    yielded before stays good.
    """

    forge: str
    """`github` or `gitlab`."""
    host: str
    """Host name of the forge, such as github.com: what remotes of clones name."""

    def projects(self) -> Iterator[Project]:
        """Yield every project that the connection names, those of its organisations too."""
        ...

    def teams(self) -> Iterator[Page]:
        """Yield accounts and team members of the connection's organisations."""
        ...

    def read(self, project: Project, noun: str, state: dict[str, Any] | None) -> Iterator[Page]:
        """Yield what is new of one of `NOUNS` since `state`; None asks for everything.

        The last page's state is that of a finished reading.
        """
        ...

    def read_again(self, project: Project, numbers: Sequence[int]) -> Iterator[Page]:
        """Yield these changes whole, with their checks; numbers that are gone are left out."""
        ...

    def findings(self, projects: Sequence[Project]) -> list[Finding]:
        """Say what the token may not do, and which of `projects` have no webhook."""
        ...

    def comment(self, project: Project, number: int, marker: str, body: str) -> str:
        """Post `body`, which holds `marker`, under a change; return the comment's web address.

        A comment of one's own that holds the marker is changed instead.
        """
        ...

    def close(self) -> None:
        """Give connections free."""
        ...

    def __enter__(self) -> Forge: ...

    def __exit__(self, *reason: object) -> None: ...
