"""Small shops with a forge: a real repository, and what a forge, pipelines and trackers told of it.

    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a", "b")})
    shop.change(1, lands=[first])
    shop.deploy("d1", first)
    found = shop.facts()

The ledger is read from the repository; the forge's rows are written straight into the store. The
first commit is made at noon of 2025-01-01, everything that happens takes place an hour later than
what came before it, unless `at` says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.histories.builder import ANA, FIRST_COMMIT_AT, History
from tests.histories.objects import Person

from landed.attribution.lineage import link
from landed.attribution.update import attribute
from landed.config import Settings
from landed.journey.columns import NEVER
from landed.journey.contributions import Contributions, read_contributions
from landed.journey.delivered import read_deliveries
from landed.journey.history import read_history
from landed.journey.incidents import Ledger
from landed.journey.ledger_lines import held_lines, read_every_stay, read_ledger_lines
from landed.journey.standing_in import read_all_deployments
from landed.ledger.exclusion import attribute_rows
from landed.ledger.observing import default_rules
from landed.ledger.planning import LedgerRequest
from landed.ledger.update import update_ledger
from landed.metrics.delivery_facts import DeliveryFacts, read_delivery_facts
from landed.metrics.window import Window
from landed.records import AGENTS, FORGES, TABLES
from landed.sources.git.scratch import Scratch
from landed.store import Store

KEY = bytes(range(16))
PROJECT = "github:github.com:7"
START = datetime.fromtimestamp(FIRST_COMMIT_AT, UTC)
HOUR = timedelta(hours=1)
CLAUDE = "\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
"""A trailer by which a commit is declared to be claude-code's."""


def code(*names: str) -> str:
    """Text with one distinct line for each name."""
    return "".join(f"{name} = compute_{name}(cart)\n" for name in names)


class Shop:
    """A repository and its forge under construction; asking reads both."""

    def __init__(self, tmp_path: Path, **settings: Any) -> None:
        self.workspace = tmp_path / "workspace"
        self.history = History(tmp_path / "repo")
        self.settings = Settings(workspace=self.workspace, **settings)
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        self.repository = ""
        self._landings: list[tuple[int, str, str, datetime]] = []
        self._decisions: list[tuple[tuple[str, str, int], str, str]] = []
        self._synced = False
        self.project()

    # Git -----------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """When the last thing happened."""
        return datetime.fromtimestamp(self.history._clock, UTC)

    def passes(self, **time: float) -> datetime:
        """Let time go by."""
        self.history._clock += int(timedelta(**time).total_seconds())
        return self.now

    def commit(
        self,
        files: Mapping[str, str | None],
        message: str = "Change",
        *,
        author: Person = ANA,
        **more: Any,
    ) -> str:
        """Commit whole files (None: delete) on the current branch."""
        for path, text in files.items():
            if text is None:
                self.history.remove(path)
            else:
                self.history.write(path, text)
        return self.history.commit(message, author=author, **more)

    def written_by_ai(self, commit: str, path: str, *numbers: int, grade: str = "matched") -> None:
        """Evidence for lines tells that claude-code wrote them."""
        self._decisions += [((commit, path, number), "ai", grade) for number in numbers]

    # The forge -----------------------------------------------------------------------------

    def project(self, project: str = PROJECT, name: str = "acme/shop") -> None:
        """Another project that the repository is."""
        self.add(
            "project",
            project=project,
            forge=project.split(":")[0],
            host="github.com",
            name=name,
            default_branch="main",
            private=False,
            archived=False,
            state="present",
            seen_at=START,
            belongs_to="here",
            how="remote",
        )

    def change(
        self,
        number: int,
        *,
        lands: Sequence[str] = (),
        branch: Sequence[str] = (),
        rule: str = "squash",
        opened: datetime | None = None,
        closed: datetime | None = None,
        merged: datetime | None = None,
        labels: Sequence[str] = (),
        closes: Sequence[str] = (),
        reverts: Sequence[str] = (),
        **more: Any,
    ) -> None:
        """A change that landed by these commits of the main line, or did not, and its branch.

        It is merged when the last thing happened, if it lands and nothing else is said.
        """
        if lands and merged is None:
            merged = self.now
        told = {
            "title": f"Change {number}",
            "state": "merged" if merged else "closed" if closed else "open",
            "draft": False,
            "author": "ana",
            "author_kind": "user",
            "head_ref": f"work-{number}",
            "head_commit": branch[-1] if branch else None,
            "fork": False,
            "base_ref": "main",
            "merge_commit": lands[-1] if lands else None,
            "opened_at": opened or START,
            "merged_at": merged,
            "closed_at": merged or closed,
            "updated_at": self.now,
        }
        self.add("change", project=PROJECT, number=number, **(told | more))
        for ordinal, commit in enumerate(branch):
            self.add(
                "change_commit", project=PROJECT, number=number, commit=commit, ordinal=ordinal
            )
        for label in labels:
            self.add("change_label", project=PROJECT, number=number, label=label)
        for kind, targets in (("closes", closes), ("reverts", reverts)):
            for target in targets:
                self.add(
                    "change_reference", project=PROJECT, number=number, kind=kind, target=target
                )
        self._landings += [(number, commit, rule, merged or self.now) for commit in lands]

    def review(
        self, number: int, reviewer: str = "ben", state: str = "approved", **more: Any
    ) -> None:
        """A submitted review."""
        self.add(
            "review",
            **{
                "project": PROJECT,
                "review": str(len(self.rows["review"])),
                "number": number,
                "reviewer": reviewer,
                "reviewer_kind": "user",
                "state": state,
                "submitted_at": self.passes(hours=1),
                **more,
            },
        )

    def comment(self, number: int, author: str = "ben", place: str = "line", **more: Any) -> None:
        """A comment under a change."""
        self.add(
            "review_comment",
            **{
                "project": PROJECT,
                "comment": str(len(self.rows["review_comment"])),
                "number": number,
                "author": author,
                "author_kind": "user",
                "place": place,
                "created_at": self.passes(hours=1),
                **more,
            },
        )

    def check(
        self, commit: str, state: str = "success", *, name: str = "tests", minutes: float = 5
    ) -> None:
        """A check ran on a commit."""
        begun = self.passes(hours=1)
        ended = begun + timedelta(minutes=minutes)
        self.add(
            "check_run",
            project=PROJECT,
            check_id=str(len(self.rows["check_run"])),
            commit=commit,
            name=name,
            kind="check",
            state=state,
            started_at=begun,
            finished_at=ended,
            updated_at=ended,
        )

    def deploy(
        self,
        deployment: str,
        commit: str,
        *,
        environment: str = "production",
        service: str | None = None,
        state: str = "success",
        at: datetime | None = None,
        holds: Sequence[int] = (),
    ) -> None:
        """A deployment that was done at once; `holds` are changes that the forge lists."""
        moment = at or self.passes(hours=1)
        self.add(
            "deployment",
            project=PROJECT,
            deployment=deployment,
            environment=environment,
            production=None,
            service=service,
            commit=commit,
            ref=None,
            state=state,
            created_at=moment,
            finished_at=moment,
            updated_at=moment,
            creator=None,
            source="github",
        )
        for number in holds:
            self.add("deployment_change", project=PROJECT, deployment=deployment, number=number)

    def incident(
        self,
        incident: str,
        *links: tuple[str, str, str],
        kind: str = "incident",
        number: int | None = None,
        at: datetime | None = None,
        resolved: datetime | None = None,
        **more: Any,
    ) -> None:
        """Something went wrong; `links` are kind, target and rule."""
        self.add(
            "incident",
            **{
                "project": PROJECT,
                "incident": incident,
                "number": number,
                "kind": kind,
                "title": f"Incident {incident}",
                "severity": "high",
                "started_at": at or self.passes(hours=1),
                "resolved_at": resolved,
                "updated_at": self.now,
                "source": "github",
                **more,
            },
        )
        for what, target, rule in links:
            self.add(
                "incident_link",
                project=more.get("project", PROJECT),
                incident=incident,
                kind=what,
                target=target,
                rule=rule,
            )

    def add(self, table: str, **values: Any) -> None:
        """A row of what a forge told; columns that are not given are null."""
        self.rows[table].append(dict.fromkeys(TABLES[table].schema.names) | values)

    # Asking --------------------------------------------------------------------------------

    def sync(self) -> None:
        """Read the repository, and write the forge's rows beside it; once."""
        if self._synced:
            return
        self._synced = True
        rules = default_rules()
        request = LedgerRequest(self.workspace, KEY, rules, unreachable=True)
        with Scratch.open(self.history.path, self.workspace, attribute_rows(rules)) as scratch:
            update = update_ledger(scratch, request, lambda: Store.open(self.workspace))
            self.repository = update.repository
            with Store.open(self.workspace) as store:
                attribute(store, self.repository, scratch, self.settings, rebuilt=True)
                link(store, self.repository)
                self._write(store)

    def facts(
        self, since: date | None = None, until: date | None = None, **more: Any
    ) -> DeliveryFacts:
        """The facts of everything."""
        self.sync()
        with Store.open(self.workspace) as store:
            window = Window(since, until)
            repositories = [self.repository]
            return read_delivery_facts(
                store, self.settings, repositories, window, more.get("journey")
            )

    def fact(self, relation: str, **more: Any) -> list[dict[str, Any]]:
        """The rows of one relation."""
        rows: list[dict[str, Any]] = self.facts(**more).tables[relation].to_pylist()
        return rows

    def ledger(self, store: Store) -> Ledger:
        """What causes are sought in."""
        history = read_history(store, self.repository, NEVER)
        contributions = read_contributions(store, history)
        lines = read_ledger_lines(store, history)
        stays = read_every_stay(store, history, "main", lines)
        deployments = read_all_deployments(store, self.settings, history)
        deliveries = read_deliveries(store, contributions, deployments)
        held = held_lines(contributions, lines, stays)
        return Ledger(contributions, lines, held, deployments, deliveries)

    def delivered(self) -> dict[str, list[str]]:
        """What each deployment brought: changes as #1, steps of the main line as step 1."""
        self.sync()
        with Store.open(self.workspace) as store:
            ledger = self.ledger(store)
        names = ledger.deployments.rows["deployment"].to_pylist()
        return {
            name: [named(ledger.contributions, code) for code in ledger.deliveries.of(place)]
            for place, name in enumerate(names)
        }

    # Inside --------------------------------------------------------------------------------

    def _write(self, store: Store) -> None:
        commits = {
            row["commit"]: row
            for row in store.query(
                'select "commit", commit_index, mainline_index from "commit" where repository = ?',
                [self.repository],
            ).to_pylist()
        }
        for number, commit, rule, merged in self._landings:
            known = commits[commit]
            self.add(
                "change_landing",
                project=PROJECT,
                number=number,
                commit=commit,
                commit_index=known["commit_index"],
                step=known["mainline_index"],
                rule=rule,
                merged_at=merged,
            )
        for birth, who, grade in self._decisions:
            self.add(
                "line_attribution",
                line=self._line(store, birth),
                who=who,
                agent="claude-code",
                grade=grade,
            )
        for name, rows in self.rows.items():
            own = name in ("change_landing", "deployed_commit", "deployed_line", "line_attribution")
            partition = self.repository if own else AGENTS if name == "identity" else FORGES
            for row in rows:
                row["repository"] = partition
                if row.get("belongs_to") == "here":
                    row["belongs_to"] = self.repository
            if rows:
                store.append(name, pa.Table.from_pylist(rows, TABLES[name].schema), partition)

    def _line(self, store: Store, birth: tuple[str, str, int]) -> int:
        found = store.query(
            'select line from line join "commit" c using (repository, commit_index) '
            "join path p using (repository, path_index) "
            'where repository = ? and c."commit" = ? and p.path = ? and line_number = ?',
            [self.repository, *birth],
        )
        return int(found["line"][0].as_py())


def named(contributions: Contributions, code: int) -> str:
    """A contribution in words: #3 for a change, step 3 for a step without one."""
    if code < contributions.changes.num_rows:
        return f"#{contributions.changes['number'][int(code)].as_py()}"
    return f"step {contributions.step[code]}"
