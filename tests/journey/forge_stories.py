"""Stories with a forge beside git: requests with reviews and checks, and deployments.

    story = ForgeStory(tmp_path)
    story.history.branch("feature")
    edit = story.edit("cart.py", 1)
    head = story.commit({"cart.py": code("total")})
    story.carried(edit, head, "cart.py", 1)
    story.request(1, [head])                            # a request brings the branch
    story.history.checkout("main")
    merge = story.history.merge("feature")
    story.merged(1, merge)                              # merged by that commit
    story.deploy(merge)                                 # and deployed

What the forge tells is rows written straight into the store. Where a deployed commit lies beside
the main line, the ledger itself tells how it differs, by a tag that stands for no release.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.histories.builder import History
from tests.journey.stories import Story

from landed.records import FORGES
from landed.store import Store

PROJECT = "github:github.com:7"
PIPELINE = "named:acme/shop"


class ForgeStory(Story):
    """A story whose repository is the project `acme/shop` of a forge."""

    def __init__(
        self,
        tmp_path: Path,
        history: History | None = None,
        *,
        forge: str = "github",
        **settings: Any,
    ) -> None:
        super().__init__(tmp_path, history, **settings)
        self._tags: dict[str, str] = {}
        self._landings: list[tuple[int, str, str, datetime]] = []
        self._tell(
            "project",
            forge=forge,
            host="github.com",
            name="acme/shop",
            default_branch="main",
            address=None,
            private=None,
            archived=False,
            state="present",
            seen_at=self.now,
            belongs_to="here",
            how="remote",
        )

    def has_pipeline(self) -> None:
        """Pipelines tell of the repository as well, by its name."""
        row = dict(self.rows["project"][0])
        row |= {"project": PIPELINE, "forge": "named", "name": "acme/shop"}
        self.rows["project"].append(row)

    # Requests ------------------------------------------------------------------------------

    def request(
        self,
        number: int,
        commits: Sequence[str],
        *,
        author: str | None = "ana",
        branch: str = "feature",
        base: str = "main",
        at: datetime | None = None,
        labels: Sequence[str] = (),
    ) -> dict[str, Any]:
        """An open request whose branch consists of these commits, the last one its head."""
        moment = at or self.now
        row = self._tell(
            "change",
            number=number,
            title=f"Request {number}",
            state="open",
            draft=False,
            author=author,
            author_kind="user",
            head_ref=branch,
            head_commit=commits[-1] if commits else None,
            fork=False,
            base_ref=base,
            merge_commit=None,
            opened_at=moment,
            merged_at=None,
            closed_at=None,
            updated_at=moment,
            merged_by=None,
            additions=None,
            deletions=None,
            files=None,
            commits=len(commits),
        )
        for ordinal, commit in enumerate(commits):
            self._tell(
                "change_commit",
                number=number,
                commit=commit,
                ordinal=ordinal,
                author=author,
                author_email=None,
                authored_at=None,
            )
        for label in labels:
            self._tell("change_label", number=number, label=label)
        return row

    def pushed(self, number: int, *commits: str) -> None:
        """The branch of a request was pushed anew: it consists of these commits now."""
        rows = self.rows["change_commit"]
        rows[:] = [row for row in rows if row["number"] != number]
        told = self._change(number)
        self.rows["change"].remove(told)
        anew = self.request(number, commits, author=told["author"])
        anew.update({name: told[name] for name in told if name not in ("head_commit", "commits")})

    def merged(
        self,
        number: int,
        merge: str,
        *landed: str,
        rule: str = "merge",
        at: datetime | None = None,
    ) -> None:
        """A request was merged by `merge`; it landed by these commits, or by `merge` alone."""
        moment = at or self.now
        self._change(number).update(
            state="merged", merge_commit=merge, merged_at=moment, closed_at=moment
        )
        self._landings += [(number, commit, rule, moment) for commit in landed or (merge,)]

    def merged_unseen(self, number: int, merge: str | None, *, at: datetime | None = None) -> None:
        """A request was merged, and nothing tells how it landed."""
        moment = at or self.now
        self._change(number).update(
            state="merged", merge_commit=merge, merged_at=moment, closed_at=moment
        )

    def closed(self, number: int, *, at: datetime | None = None) -> None:
        """A request was closed without being merged."""
        self._change(number).update(state="closed", closed_at=at or self.now)

    def review(
        self,
        number: int,
        reviewer: str | None,
        *,
        kind: str = "user",
        state: str = "approved",
        at: datetime | None = None,
    ) -> None:
        """Somebody reviewed a request."""
        self._tell(
            "review",
            review=str(len(self.rows["review"])),
            number=number,
            reviewer=reviewer,
            reviewer_kind=kind,
            state=state,
            submitted_at=at or self.now,
            commit=None,
        )

    def check(
        self, commit: str, name: str, state: str = "success", *, at: datetime | None = None
    ) -> None:
        """A check ran on a commit."""
        moment = at or self.now
        self._tell(
            "check_run",
            check_id=f"check:{len(self.rows['check_run'])}",
            commit=commit,
            name=name,
            kind="check",
            state=state,
            started_at=moment,
            finished_at=None if state == "pending" else moment,
            updated_at=moment,
        )

    # Deployments ---------------------------------------------------------------------------

    def deploy(
        self,
        commit: str,
        *,
        environment: str = "production",
        service: str | None = None,
        state: str = "success",
        at: datetime | None = None,
        production: bool | None = None,
        known: bool = True,
        by_pipeline: bool = False,
    ) -> str:
        """A commit was deployed; `known` tells whether anything is noted of its tree.

        With `by_pipeline` a pipeline tells of it and not the forge.
        """
        moment = at or self.now
        name = f"github:{len(self.rows['deployment'])}"
        row = self._tell(
            "deployment",
            deployment=name,
            environment=environment,
            production=production,
            service=service,
            commit=commit,
            ref=None,
            state=state,
            created_at=moment,
            finished_at=moment if state in ("success", "failure") else None,
            updated_at=moment,
            creator="ana",
            source="github",
        )
        if by_pipeline:
            row["project"] = PIPELINE
        if known and commit not in self._tags:
            self._tags[commit] = f"deployed-{len(self._tags)}"
            self.history.tag(self._tags[commit], commit)
        return name

    # Inside --------------------------------------------------------------------------------

    def _change(self, number: int) -> dict[str, Any]:
        (row,) = (row for row in self.rows["change"] if row["number"] == number)
        return row

    def _tell(self, table: str, **values: Any) -> dict[str, Any]:
        row = self._add(table, project=PROJECT, **values)
        row["repository"] = FORGES
        return row

    def _write(self, store: Store) -> None:
        for name in ("change_landing", "deployed_commit", "deployed_line"):
            self.rows[name].clear()
            store.delete(name, self.repository)
        indices = self._indices(store)
        for number, commit, rule, merged_at in self._landings:
            index, step = indices[commit]
            landed = {"commit": commit, "commit_index": index, "step": step}
            self._here("change_landing", number=number, rule=rule, merged_at=merged_at, **landed)
        for commit, tag in self._tags.items():
            self._note_tree(store, commit, tag)
        super()._write(store)

    def _indices(self, store: Store) -> dict[str, tuple[int, int]]:
        rows = store.query(
            'select "commit", commit_index, mainline_index from "commit" where repository = ?',
            [self.repository],
        )
        return {
            row["commit"]: (row["commit_index"], row["mainline_index"]) for row in rows.to_pylist()
        }

    def _note_tree(self, store: Store, commit: str, tag: str) -> None:
        asked = [self.repository, tag]
        (release,) = store.query(
            "select * from release where repository = ? and tag = ?", asked
        ).to_pylist()
        noted = {name: release[name] for name in ("commit_index", "base_index", "on_mainline")}
        self._here("deployed_commit", commit=commit, known=True, **noted)
        lines = store.query(
            "select line, present from release_line where repository = ? and tag = ?", asked
        )
        for row in lines.to_pylist():
            self._here("deployed_line", commit=commit, **row)

    def _here(self, table: str, **values: Any) -> None:
        row = self._add(table, **values)
        row["repository"] = "here"
        if table == "change_landing":
            row["project"] = PROJECT
