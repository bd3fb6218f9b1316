"""Stays in production are those that looking at one deployment after another finds."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landed.journey import crossings
from landed.journey.carriers import Carriers
from landed.journey.columns import DAY, NEVER, NONE, OPEN
from landed.journey.crossings import Presence, Stream, presence
from landed.journey.stays import Stays

STEPS = 8
NOW = 400 * DAY


class Case:
    """Some owners with carriers and their stays, and streams that deploy steps and side trees."""

    def __init__(self, random: Random) -> None:
        self.number = random.randint(1, 4)
        self.carriers: list[tuple[int, int]] = []
        self.stays: list[tuple[int, int, int, int]] = []
        for owner in range(self.number):
            for _ in range(random.randint(1, 3)):
                line = len(self.carriers)
                self.carriers.append((owner, line))
                steps = sorted(random.sample(range(STEPS), random.randint(0, 4)))
                ends = [*steps[1::2], *([OPEN] if len(steps) % 2 else [])]
                self.stays += [
                    (owner, line, entered, left)
                    for entered, left in zip(steps[::2], ends, strict=True)
                ]
        self.streams = [self._stream(random) for _ in range(random.randint(0, 3))]

    def _stream(self, random: Random) -> Stream:
        number = random.randint(1, 7)
        at = np.sort([random.randint(0, 12) * 20 * DAY for _ in range(number)])
        base = [random.randint(NONE, STEPS - 1) for _ in range(number)]
        differing = [
            (line, deployment, not self._on_main(line, base[deployment]))
            for deployment in range(number)
            for _, line in self.carriers
            if random.random() < 0.15
        ]
        covered = [line for _, line in self.carriers if random.random() < 0.7]
        return Stream(
            at=at,
            base=np.array(base, dtype=np.int32),
            line=np.array([row[0] for row in differing], dtype=np.int32),
            deployment=np.array([row[1] for row in differing], dtype=np.int32),
            present=np.array([row[2] for row in differing], dtype=np.bool_),
            covered=np.array(covered, dtype=np.int32) if random.random() < 0.3 else None,
        )

    def _on_main(self, line: int, step: int) -> bool:
        return any(stay[1] == line and stay[2] <= step < stay[3] for stay in self.stays)

    def found(self) -> Presence:
        columns = np.array(sorted(self.stays), dtype=np.int64).reshape(-1, 4)
        owner, line = np.array(self.carriers, dtype=np.int64).T
        unknown = np.full(len(columns), NONE, dtype=np.int32)
        whole = columns.astype(np.int32)
        stays = Stays(columns[:, 0], whole[:, 1], whole[:, 2], whole[:, 3], unknown)
        carriers = Carriers(owner, line.astype(np.int32), np.zeros(len(line), dtype=np.int32))
        return presence(self.streams, stays, carriers, self.number, NOW)

    def looked_up(self, owner: int) -> list[tuple[int, int]]:
        """The stays of an owner, from the tree of each stream after each deployment."""
        deployments = sorted(
            (int(at), number, place)
            for number, stream in enumerate(self.streams)
            for place, at in enumerate(stream.at)
        )
        last: dict[int, int] = {}
        found: list[tuple[int, int]] = []
        begun: int | None = None
        for at, number, place in deployments:
            last[number] = place
            there = any(
                self._in_tree(line, self.streams[stream], deployed)
                for stream, deployed in last.items()
                for of, line in self.carriers
                if of == owner
            )
            if there and begun is None:
                begun = at
            elif not there and begun is not None:
                found.append((begun, at))
                begun = None
        if begun is not None:
            found.append((begun, NEVER))
        joined: list[tuple[int, int]] = []
        for stay in found:
            if joined and joined[-1][1] == stay[0]:
                stay = (joined.pop()[0], stay[1])
            joined.append(stay)
        return joined

    def _in_tree(self, line: int, stream: Stream, deployment: int) -> bool:
        if stream.covered is not None and line not in stream.covered:
            return False
        differs = (stream.line == line) & (stream.deployment == deployment)
        return self._on_main(line, int(stream.base[deployment])) != bool(differs.any())


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_crossings_find_what_looking_at_every_deployment_finds(seed: int) -> None:
    check(Case(Random(seed)))


def test_owners_taken_in_parts_are_found_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crossings, "_AT_ONCE", 3)
    for seed in range(40):
        check(Case(Random(seed)))


def check(case: Case) -> None:
    found = case.found()
    for owner in range(case.number):
        stays = case.looked_up(owner)
        first = stays[0][0] if stays else NEVER
        assert found.first[owner] == first
        assert found.begun[owner] == (stays[-1][0] if stays else NEVER)
        assert found.ended[owner] == (stays[-1][1] if stays else NEVER)
        assert found.live[owner] == bool(stays and stays[-1][1] == NEVER)
        for days, there in ((30, found.days_30), (90, found.days_90)):
            then = first + days * DAY
            assert there[owner] == any(begun <= then <= ended for begun, ended in stays)
        spent = sum(min(ended, NOW) - begun for begun, ended in stays)
        assert found.microseconds[owner] == spent
