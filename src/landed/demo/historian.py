"""Lets one made-up repository happen: requests, merges, reverts, renames, a formatter."""

from __future__ import annotations

import heapq
from datetime import datetime, timedelta
from itertools import count
from random import Random

from landed.demo.adoption import chance_of_agent, chance_of_rework, model_of
from landed.demo.clock import DAY, MONTH, beginning_of, later, moments, working
from landed.demo.company import (
    BOT,
    CONTRACTOR,
    MONTHS,
    ORGANISATION,
    PEOPLE,
    VOICE_MONTHS,
    Person,
    Product,
    members,
)
from landed.demo.files import Block, SourceFile
from landed.demo.naming import name_request
from landed.demo.plans import Plans
from landed.demo.script import Commit, History, Kind, Request
from landed.demo.text import Writer
from landed.demo.work import PINS, Work, Worker, sessions_of

_CLOSED, _REVERTED = 0.05, 0.014
_OF_OTHER_TEAMS, _OF_CONTRACTOR, _OF_BOT = 0.1, 0.025, 0.05
_TRAILER = "\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
_LONG_AGO = 20
_STILL_OPEN_DAYS = 11


class Historian:
    """Tells the history of one product, always the same one for the same seed and day."""

    def __init__(self, product: Product, seed: int, end: datetime, requests: int) -> None:
        self.history = History(product)
        self._product = product
        self._end = end
        self._begin = beginning_of(end.date(), MONTHS)
        self._random = Random(f"{seed} {product.name}")
        self._writer = Writer(product.language, self._random)
        self._number = requests
        self._files: list[SourceFile] = []
        self._order = count()
        self._merging: list[tuple[datetime, int, Request, Work]] = []
        self._plans = Plans(self._random)
        self._to_revert: list[tuple[datetime, int, Request]] = []
        self._models: dict[int, str] = {}

    def tell(self) -> History:
        """Everything up to the end, in order of time."""
        self._found()
        times: list[tuple[datetime, Kind]] = [
            (at, "feature")
            for at in moments(self._random, self._begin + DAY, self._end, self._number)
        ]
        if self._product.name == "storefront-web":
            since, until = (self._begin + month * MONTH for month in VOICE_MONTHS)
            number = max(3, self._number // 6)
            times += [(at, "voice") for at in moments(self._random, since, until, number)]
        upkeep = self._upkeep()
        for at, kind in sorted(times):
            self._merge_until(at)
            while upkeep and upkeep[0][0] <= at:
                self._keep_up(*upkeep.pop(0))
            self._request(at, kind)
        self._merge_until(self._end)
        self.history.commits.sort(key=lambda commit: commit.mark)
        return self.history

    def _month(self, at: datetime) -> float:
        return max(0.0, (at - self._begin) / MONTH)

    def _found(self) -> None:
        """The first commits, by the team's seniors."""
        founder = members(self._product.team)[0]
        readme = [
            f"# {self._product.name}",
            "",
            "This repository is made up: landed demo generated it. Nothing in it runs.",
        ]
        files: dict[str, str | None] = {"README.md": "".join(f"{line}\n" for line in readme)}
        for _ in range(_LONG_AGO):
            blocks = [Block(self._writer.head() + self._writer.function(9), 0, False)]
            for _ in range(self._random.randint(1, 4)):
                blocks.append(
                    Block(["", *self._writer.function(self._random.randint(6, 16))], 0, False)
                )
            path = self._writer.path()
            if path in files:
                continue
            self._files.append(SourceFile(path, blocks, self._begin))
            files[path] = "".join(f"{line}\n" for block in blocks for line in block.lines)
            for block in blocks:
                self._plans.evolve(self._files[-1], block, self._begin)
        self._step((), files, founder, self._begin, f"Begin {self._product.name}")

    def _request(self, at: datetime, kind: Kind) -> None:
        random = self._random
        reverted = self._revertible(at) if kind == "feature" else None
        author = self._author(kind, self._month(at))
        month = self._month(at)
        agent = kind == "voice" or random.random() < chance_of_agent(author, month)
        if reverted is not None:
            kind, agent = "revert", False
        elif author is BOT:
            kind = "bump"
        request = Request(
            len(self.history.requests) + 1, self._product, author, kind, "", "", at, agent
        )
        self.history.requests.append(request)
        free = [file for file in self._files if file.free_at <= at]
        worker = Worker(random, self._writer, request, free)
        if reverted is not None:
            self._revert(worker, reverted)
        else:
            self._do(worker, request, free, at)
        name_request(random, request, reverted)
        self._open(request, worker, month)

    def _do(self, worker: Worker, request: Request, free: list[SourceFile], at: datetime) -> None:
        """The work of a request that is no revert."""
        random = self._random
        if request.kind == "bump":
            worker.write(5, PINS)
            worker.commit()
            return
        due = [] if request.kind == "voice" else self._plans.due(free, self._files, at)
        if any(soon for _, _, soon in due) and random.random() < 0.75:
            request.kind = "fix" if random.random() < 0.6 else "rewrite"
        for file, key, _ in due:
            worker.change(file, key, random.uniform(0.35, 1.0))
        median = 88 if request.agent else 50
        lines = min(420, max(8, round(random.lognormvariate(0, 0.6) * median)))
        if request.kind == "fix":
            lines = max(6, lines // 4)
        folder = "src/voice" if request.kind == "voice" else None
        parts = random.choice((1, 1, 2, 2, 3))
        for _ in range(parts):
            worker.write(max(5, lines // parts), folder)
            worker.commit()

    def _revert(self, worker: Worker, reverted: Request) -> None:
        for file in self._files:
            if any(block.request == reverted.number for block in file.blocks):
                worker.take_out(file, reverted.number)
        worker.commit()

    def _open(self, request: Request, worker: Worker, month: float) -> None:
        """Write the commits of its branch and the sessions; say when it will end, and how."""
        random, work, author = self._random, worker.work, request.author
        first_commits = len(work.steps)
        if request.kind not in ("revert", "bump"):
            worker.review()
        if not work.steps or work.steps[-1].at + timedelta(hours=1) > self._end:
            self.history.requests.pop()
            return
        model = None
        if request.agent:
            model = model_of(author.tool, month, random)
            if request.kind == "voice" and author.tool == "claude-code":
                model = "claude-opus-4-1-20250805"
            request.declared = not author.logged and random.random() < 0.8
            self._models[request.number] = model
        self._branch(request, work, model)
        request.opened = work.steps[first_commits - 1].at + timedelta(minutes=random.randint(4, 50))
        if request.agent and author.logged and model is not None:
            key = f"{self._product.name} {request.number}"
            sessions = sessions_of(random, request, work.turns, model, key)
            for session in sessions:
                session.base = self.history.main[-1]
                if request.kind == "voice":
                    session.context = 150_000
                    for turn in session.turns:
                        turn.looks += 6
            self.history.sessions += sessions
        request.repairs = sorted({number for number in work.repairs if number})
        request.added, request.removed = work.added, work.removed
        self._decide(request, work)

    def _branch(self, request: Request, work: Work, model: str | None) -> None:
        tip = self.history.main[-1]
        trailed = request.declared or (
            request.agent and request.author.logged and self._random.random() < 0.5
        )
        for place, step in enumerate(work.steps):
            message = request.title if place == 0 else self._later_message()
            if request.kind == "revert" and place == 0:
                target = self.history.requests[self._to_revert_number - 1].landed[-1]
                message += f"\n\nThis reverts commit @{target.mark}@."
            if trailed and model is not None and model.startswith("claude"):
                message += _TRAILER
            tip = self._commit((tip,), step.files, request.author, step.at, message)
            request.commits.append(tip)

    def _later_message(self) -> str:
        return self._random.choice(("Add what was missing", "Cover the edges", "Answer the review"))

    def _decide(self, request: Request, work: Work) -> None:
        """When it is reviewed, and when and how it ends."""
        random, last = self._random, request.commits[-1].authored
        others = [person for person in members(self._product.team) if person is not request.author]
        size = 1 + min(request.added, 400) / 200
        if request.kind != "bump" and random.random() < (0.86 if request.agent else 0.93):
            seniors = [person for person in others if person.senior]
            request.reviewer = random.choice(
                seniors if seniors and random.random() < 0.3 else others
            )
            pace = 2.4 if request.agent else 1.8
            request.reviewed = later(random, request.opened, timedelta(hours=pace) * size, 0.8)
            request.rounds = random.choices((1, 2, 3), (3, 6, 2))[0]
            request.comments = min(14, int(random.expovariate(1 / (2.2 * size))))
        after = max(last, request.reviewed or request.opened)
        ended = later(random, after, timedelta(hours=4) * size, 0.9)
        request.green = random.random() < 0.94
        voice = request.kind == "voice"
        if voice or random.random() < _CLOSED:
            request.outcome = "closed"
            ended = ended + (40 * DAY if voice else 6 * DAY)
        else:
            request.outcome = "merged"
        young = self._end - request.opened < _STILL_OPEN_DAYS * DAY
        if ended > self._end or (young and random.random() < 0.45):
            request.outcome = "open"
        else:
            request.ended = ended
        for draft in work.drafts.values():
            draft.file.free_at = ended if request.ended else self._end + DAY
        if request.outcome == "merged":
            heapq.heappush(self._merging, (ended, next(self._order), request, work))

    def _merge_until(self, moment: datetime) -> None:
        while self._merging and self._merging[0][0] <= moment:
            at, _, request, work = heapq.heappop(self._merging)
            self._merge(request, work, at)

    def _merge(self, request: Request, work: Work, at: datetime) -> None:
        files: dict[str, str | None] = {}
        for commit in request.commits:
            files |= commit.files
        method, main = self._product.method, self.history.main[-1]
        merger = request.reviewer or request.author
        if method == "merge":
            message = f"Merge pull request #{request.number} from {ORGANISATION}/{request.branch}"
            step = self._step((main, request.commits[-1]), files, merger, at, message)
            request.landed = [step]
        elif method == "squash":
            first = request.commits[0].message.partition("\n")
            message = f"{first[0]} (#{request.number})\n{first[2]}".rstrip()
            request.landed = [self._step((main,), files, request.author, at, message)]
        else:
            for place, commit in enumerate(request.commits):
                message = commit.message
                if place == 0:
                    head, line, rest = message.partition("\n")
                    message = f"{head} (#{request.number}){line}{rest}"
                request.landed.append(
                    self._step(
                        (self.history.main[-1],),
                        commit.files,
                        request.author,
                        commit.authored,
                        message,
                        merger,
                        at + place * timedelta(seconds=1),
                    )
                )
        self._take_in(request, work, at)

    def _take_in(self, request: Request, work: Work, at: datetime) -> None:
        """The main line has its files now; say what will be changed of them again."""
        for draft in work.drafts.values():
            draft.file.blocks = draft.blocks
            if draft.file not in self._files:
                self._files.append(draft.file)
            if not draft.blocks:
                self._files.remove(draft.file)
        model = self._models.get(request.number)
        chance = chance_of_rework(request.agent, model)
        for draft in work.drafts.values():
            for block in draft.blocks:
                if block.request != request.number:
                    continue
                self._plans.after_landing(draft.file, block, at, chance)
        if request.kind == "feature" and self._random.random() < _REVERTED and not work.removed:
            due = at + timedelta(days=self._random.uniform(0.4, 5))
            heapq.heappush(self._to_revert, (due, next(self._order), request))

    def _revertible(self, at: datetime) -> Request | None:
        """A request that is to be undone now, whose files nobody works on."""
        if not self._to_revert or self._to_revert[0][0] > at:
            return None
        request = heapq.heappop(self._to_revert)[2]
        there = [
            file
            for file in self._files
            if any(block.request == request.number for block in file.blocks)
        ]
        if not there or any(file.free_at > at for file in there):
            return None
        self._to_revert_number = request.number
        return request

    def _author(self, kind: Kind, month: float) -> Person:
        random = self._random
        team = members(self._product.team)
        if kind == "voice":
            # by enough people that their figures may be shown
            ready = [one for one in team if one.logged and (one.starts or 0) <= month]
            told = sum(request.kind == "voice" for request in self.history.requests)
            return ready[told % len(ready)]
        chance = random.random()
        if chance < _OF_BOT:
            return BOT
        if chance < _OF_BOT + _OF_CONTRACTOR and self._product.name in ("search", "mobile-app"):
            return CONTRACTOR
        if chance > 1 - _OF_OTHER_TEAMS:
            return random.choice(PEOPLE)
        return random.choice(team)

    def _upkeep(self) -> list[tuple[datetime, str]]:
        """When files are moved, and when a formatter runs over everything."""
        found = [(self._begin + month * MONTH, "move") for month in (4.3, 10.6, 15.2)]
        if self._product.reformatted is not None:
            found.append((self._begin + self._product.reformatted * MONTH, "format"))
        return sorted(found)

    def _keep_up(self, at: datetime, what: str) -> None:
        at = max(working(at), self.history.main[-1].committed + timedelta(minutes=5))
        free = [file for file in self._files if file.free_at <= at]
        senior = members(self._product.team)[0]
        files: dict[str, str | None] = {}
        if what == "move" and free:
            for file in self._random.sample(free, min(2, len(free))):
                folder, _, name = file.path.rpartition("/")
                files[file.path] = None
                file.path = f"{folder}/core/{name}"
                files[file.path] = _text(file)
            message = "Move the core into a folder of its own"
        else:
            indent = 4 if self._writer.indent == 2 else 2
            for file in free:
                for block in file.blocks:
                    block.lines = [self._writer.laid_out_anew(row, indent) for row in block.lines]
                files[file.path] = _text(file)
            self._writer.indent = indent
            message = "Format the code anew"
        if files:
            self._step((self.history.main[-1],), files, senior, at, message)

    def _step(
        self,
        parents: tuple[Commit, ...],
        files: dict[str, str | None],
        author: Person,
        at: datetime,
        message: str,
        committer: Person | None = None,
        committed: datetime | None = None,
    ) -> Commit:
        """A commit of the main line."""
        commit = self._commit(parents, files, author, at, message, committer, committed)
        self.history.main.append(commit)
        return commit

    def _commit(
        self,
        parents: tuple[Commit, ...],
        files: dict[str, str | None],
        author: Person,
        at: datetime,
        message: str,
        committer: Person | None = None,
        committed: datetime | None = None,
    ) -> Commit:
        commit = Commit(
            len(self.history.commits) + 1,
            parents,
            files,
            author,
            at,
            committer,
            committed or at,
            message,
        )
        self.history.commits.append(commit)
        return commit


def _text(file: SourceFile) -> str:
    return "".join(f"{line}\n" for block in file.blocks for line in block.lines)
