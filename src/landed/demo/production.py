"""What is brought to production, what goes wrong there, and what is tagged."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from random import Random

from landed.demo.clock import DAY, MONTH, beginning_of, working
from landed.demo.company import CULPRIT, CULPRIT_MONTH, MONTHS, Person, members
from landed.demo.script import Commit, Deployment, History, Request, Trouble

_OFTEN_DAYS, _SELDOM_DAYS = (0.6, 2.6), (9.0, 17.0)
_FAILED, _BROKE = 0.04, 0.035
_REPORTED = 0.6
_ROLLED_BACK = 0.45
_TAGGED_DAYS = 28
_MINUTE = timedelta(minutes=1)


class Producing:
    """Adds deployments, tags, incidents and bugs to a history that has been told."""

    def __init__(self, history: History, seed: int, end: datetime) -> None:
        self._history = history
        self._random = Random(f"{seed} production {history.product.name}")
        self._begin = beginning_of(end.date(), MONTHS)
        self._end = end
        self._crew = members(history.product.team)
        self._times = sorted((commit.committed, commit.mark, commit) for commit in history.main)
        self._merged = sorted(
            (request for request in history.requests if request.merged is not None),
            key=lambda request: (request.merged, request.number),
        )

    def produce(self) -> None:
        """Everything, in order of time."""
        self._deploy()
        self._tag()
        self._report_bugs()
        troubles = sorted(self._history.troubles, key=lambda trouble: trouble.started)
        for place, trouble in enumerate(troubles, start=1):
            # issues are numbered after the requests, so that no number stands for two things
            trouble.number = len(self._history.requests) + place
        self._history.troubles = troubles

    def _deploy(self) -> None:
        random = self._random
        pause = _OFTEN_DAYS if self._history.product.often else _SELDOM_DAYS
        at = self._begin + DAY
        culprit = self._culprit()
        while True:
            at = working(at + timedelta(days=random.uniform(*pause)))
            if at >= self._end - 2.5 * DAY:
                return
            commit = self._main_at(at)
            known = self._history.deployments
            if known and commit is known[-1].commit:
                continue
            if random.random() < _FAILED:
                self._attempt(commit, at, succeeded=False)
                at += random.randint(20, 90) * _MINUTE
            self._attempt(commit, at)
            if culprit is not None and self._contains(commit, culprit):
                at = self._break(at, culprit, "1")
                culprit = None
            elif random.random() < _BROKE:
                at = self._break(at, self._suspect(at), random.choice(("2", "2", "3")))

    def _break(self, at: datetime, cause: Request | None, severity: str) -> datetime:
        """Production breaks after a deployment; return when it is whole again."""
        random = self._random
        began = at + random.randint(8, 70) * _MINUTE
        over = began + random.randint(25, 300) * _MINUTE
        previous = self._previous()
        if previous is not None and (severity == "1" or random.random() < _ROLLED_BACK):
            self._attempt(previous.commit, over, creator=self._crew[0])
        mended = self._mended_by(cause, over)
        self._history.troubles.append(
            Trouble(
                0,
                "incident",
                self._incident_title(severity),
                began,
                over + 5 * _MINUTE,
                f"sev{severity}",
                cause.number if cause is not None else None,
                mended.number if mended is not None else None,
            )
        )
        return over

    def _incident_title(self, severity: str) -> str:
        name = self._history.product.name
        if severity == "1":
            return f"{name}: parcels are charged twice"
        return f"{name}: " + self._random.choice(
            (
                "requests time out",
                "labels are not printed",
                "errors for some customers",
                "stale prices",
            )
        )

    def _culprit(self) -> Request | None:
        """The agent's change that brings production down."""
        if self._history.product.name != CULPRIT:
            return None
        since = self._begin + CULPRIT_MONTH * MONTH
        return next(
            (
                request
                for request in self._merged
                if request.agent
                and request.author.logged
                and request.kind == "feature"
                and request.merged is not None
                and request.merged > since
            ),
            None,
        )

    def _suspect(self, at: datetime) -> Request | None:
        """The newest request in a deployment; for some incidents nobody finds the cause."""
        place = (
            sum(request.merged is not None and request.merged <= at for request in self._merged) - 1
        )
        if place < 0 or self._random.random() < 0.3:
            return None
        return self._merged[place]

    def _mended_by(self, cause: Request | None, at: datetime) -> Request | None:
        """The next fix, where it repairs what caused it."""
        if cause is None:
            return None
        return next(
            (
                request
                for request in self._merged
                if request.merged is not None
                and request.merged > at
                and request.kind in ("fix", "revert")
                and cause.number in request.repairs
            ),
            None,
        )

    def _previous(self) -> Deployment | None:
        good = [attempt for attempt in self._history.deployments if attempt.succeeded]
        return good[-2] if len(good) > 1 else None

    def _contains(self, commit: Commit, request: Request) -> bool:
        return commit.committed >= request.landed[-1].committed

    def _main_at(self, at: datetime) -> Commit:
        place = bisect_right([known[0] for known in self._times], at) - 1
        return self._times[max(place, 0)][2]

    def _attempt(
        self,
        commit: Commit,
        at: datetime,
        *,
        succeeded: bool = True,
        creator: Person | None = None,
    ) -> None:
        self._history.deployments.append(
            Deployment(
                len(self._history.deployments) + 1,
                commit,
                at,
                succeeded,
                self._random.randint(3, 14),
                creator or self._random.choice(self._crew),
            )
        )

    def _tag(self) -> None:
        """Name what was deployed, every so often, by a tag; nothing is named twice."""
        since = self._begin
        tags = self._history.tags
        for attempt in self._history.deployments:
            named = {commit for _, commit in tags}
            old_enough = attempt.at >= since + timedelta(days=_TAGGED_DAYS)
            if attempt.succeeded and old_enough and attempt.commit not in named:
                tags.append((f"v{1 + len(tags) // 12}.{len(tags) % 12}.0", attempt.commit))
                since = attempt.at

    def _report_bugs(self) -> None:
        """Somebody reports the defects that fixes repair, before they are repaired."""
        for request in self._merged:
            if request.kind != "fix" or self._random.random() > _REPORTED:
                continue
            reported = request.commits[0].authored - self._random.randint(90, 2400) * _MINUTE
            self._history.troubles.append(
                Trouble(
                    0,
                    "bug",
                    f"Reported: {request.title.removeprefix('Fix ')}",
                    max(reported, self._begin),
                    request.merged,
                    mended_by=request.number,
                )
            )
