"""Everything that GitHub tells of one pull request, as records.

Its body is read here, for what it refers to and what it says of agents, and goes no further.
"""

from __future__ import annotations

from collections.abc import Iterator

from landed.records import (
    FORGES,
    Change,
    ChangeCommit,
    ChangeLabel,
    ChangeReference,
    ChangeSignal,
    Review,
    ReviewComment,
    ReviewRequest,
)
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    MISSING_FIELD,
    Node,
    Unreadable,
    count,
    moment,
    number,
    optional_moment,
    optional_text,
    state,
    text,
    within,
)
from landed.sources.forges.github_check_records import checks_of
from landed.sources.forges.github_fields import (
    nodes,
)
from landed.sources.forges.github_naming import REVIEW_STATES
from landed.sources.forges.github_reading import People, Place, all_of
from landed.sources.forges.issue_text import change_references
from landed.sources.forges.signals import MatchSignals
from landed.sources.forges.signals import Place as SignalPlace

CHANGE_STATES = {"open": "open", "merged": "merged", "closed": "closed"}


def put_change(
    node: Node, place: Place, people: People, match_signals: MatchSignals, page: Page
) -> None:
    """Put a pull request on the page, whole; one that cannot be read is counted and left out."""
    try:
        change = _change(node, place, people)
    except Unreadable as fault:
        page.fault(fault.kind)
        return
    page.records.append(change)
    page.whole.add(change.number)
    telling = _Telling(node, change, place, people, page)
    telling.commits()
    labels = telling.labels()
    telling.references()
    telling.signals(match_signals, labels)
    telling.review_requests()
    telling.reviews()
    telling.discussion()
    for commit in _checked_commits(node, page):
        checks_of(place, commit, page)


def _change(node: Node, place: Place, people: People) -> Change:
    where = state(node, "state", CHANGE_STATES)
    author, author_kind = people.actor(node.get("author"))
    merged_by, _ = people.actor(node.get("mergedBy"))
    merge_commit = optional_text(within(node, "mergeCommit"), "oid")
    return Change(
        repository=FORGES,
        project=place.project.project,
        number=number(node, "number"),
        title=text(node, "title"),
        state=where,
        draft=node.get("isDraft") is True,
        author=author,
        author_kind=author_kind,
        head_ref=text(node, "headRefName"),
        head_commit=optional_text(node, "headRefOid"),
        fork=node.get("isCrossRepository") is True,
        base_ref=text(node, "baseRefName"),
        merge_commit=merge_commit if where == "merged" else None,
        opened_at=moment(node, "createdAt"),
        merged_at=optional_moment(node, "mergedAt"),
        closed_at=optional_moment(node, "closedAt"),
        updated_at=moment(node, "updatedAt"),
        merged_by=merged_by,
        additions=count(node, "additions"),
        deletions=count(node, "deletions"),
        files=count(node, "changedFiles"),
        commits=count(within(node, "commits"), "totalCount"),
    )


def _checked_commits(node: Node, page: Page) -> list[Node]:
    """The tip of the branch and the commit it was merged by; one commit may be both."""
    commits = [within(tip, "commit") for tip in nodes(within(node, "tip"), page)]
    merged = within(node, "mergeCommit")
    known = [commit.get("oid") for commit in commits]
    return commits + ([merged] if merged and merged.get("oid") not in known else [])


class _Telling:
    """What hangs on one pull request."""

    def __init__(
        self, node: Node, change: Change, place: Place, people: People, page: Page
    ) -> None:
        self._node = node
        self._change = change
        self._place = place
        self._people = people
        self._page = page
        self._key = (FORGES, change.project, change.number)

    def commits(self) -> None:
        for ordinal, node in enumerate(self._all("commits")):
            commit = within(node, "commit")
            try:
                oid, authored = text(commit, "oid"), optional_moment(commit, "authoredDate")
            except Unreadable as fault:
                self._page.fault(fault.kind)
                continue
            author, email = self._people.commit_author(within(commit, "author"))
            self._page.records.append(
                ChangeCommit(*self._key, oid, ordinal, author, email, authored)
            )

    def labels(self) -> list[str]:
        labels = {name for node in self._all("labels") if (name := optional_text(node, "name"))}
        self._page.records.extend(ChangeLabel(*self._key, label) for label in sorted(labels))
        return sorted(labels)

    def references(self) -> None:
        body = optional_text(self._node, "body")
        found = dict.fromkeys(
            change_references(self._change.title, body or "", project=self._place.name)
        )
        for node in self._all("closingIssuesReferences"):
            if isinstance(node.get("number"), int):
                found["closes", self._place.target(node)] = None
            else:
                self._page.fault(MISSING_FIELD)
        self._page.records.extend(
            ChangeReference(*self._key, kind, target) for kind, target in found
        )

    def signals(self, match_signals: MatchSignals, labels: list[str]) -> None:
        """The first place that bears a signal stands for it."""
        texts: list[tuple[SignalPlace, str | None]] = [
            ("author", self._change.author),
            ("branch", self._change.head_ref),
            ("request-body", optional_text(self._node, "body")),
        ]
        texts.extend(("label", label) for label in labels)
        found: dict[str, ChangeSignal] = {}
        for where, said in texts:
            for match in match_signals(where, said) if said else ():
                if match.rule not in found:
                    found[match.rule] = ChangeSignal(
                        *self._key,
                        match.rule,
                        where,
                        match.who,
                        match.agent,
                        match.model,
                        match.grade,
                        match.session,
                    )
        self._page.records.extend(found.values())

    def review_requests(self) -> None:
        asked: dict[str, bool] = {}
        for node in self._all("reviewRequests"):
            reviewer = within(node, "requestedReviewer")
            if slug := optional_text(reviewer, "slug"):
                asked[slug] = True
            elif (login := self._people.actor(reviewer)[0]) is not None:
                asked.setdefault(login, False)
        self._page.records.extend(
            ReviewRequest(*self._key, reviewer, team) for reviewer, team in asked.items()
        )

    def reviews(self) -> None:
        for node in self._all("reviews"):
            if node.get("state") == "PENDING":
                continue
            try:
                review = self._review(node)
            except Unreadable as fault:
                self._page.fault(fault.kind)
            else:
                self._page.records.append(review)
            comments = within(node, "comments")
            for comment in self._listed("line-comments", node, comments):
                self._comment(comment, "line")

    def _review(self, node: Node) -> Review:
        reviewer, kind = self._people.actor(node.get("author"))
        return Review(
            FORGES,
            self._change.project,
            str(number(node, "fullDatabaseId")),
            self._change.number,
            reviewer,
            kind,
            state(node, "state", REVIEW_STATES),
            moment(node, "submittedAt"),
            optional_text(within(node, "commit"), "oid"),
        )

    def discussion(self) -> None:
        for node in self._listed("discussion", self._node, within(self._node, "comments")):
            self._comment(node, "discussion")

    def _comment(self, node: Node, where: str) -> None:
        try:
            author, kind = self._people.actor(node.get("author"))
            comment = ReviewComment(
                FORGES,
                self._change.project,
                str(number(node, "fullDatabaseId")),
                self._change.number,
                author,
                kind,
                where,
                moment(node, "createdAt"),
            )
        except Unreadable as fault:
            self._page.fault(fault.kind)
        else:
            self._page.records.append(comment)

    def _all(self, what: str) -> Iterator[Node]:
        return self._listed(what, self._node, within(self._node, what))

    def _listed(self, what: str, owner: Node, connection: Node) -> Iterator[Node]:
        of = f"pull request {self._change.number} of {self._place.name}"
        return all_of(self._place.client, of, what, owner, connection, self._page)
