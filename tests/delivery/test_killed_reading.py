"""A reading over HTTP that is killed ten times ends in the rows of an undisturbed one."""

from __future__ import annotations

import random
from pathlib import Path

from tests.delivery.killed import everything, read, read_and_be_killed
from tests.servers.github_forge import serving
from tests.servers.github_samples import change, deployment, shop

CHANGES = 600


def test_ten_kills_at_random_moments_lose_and_double_nothing(tmp_path: Path) -> None:
    forge = shop(
        *(change(number) for number in range(1, CHANGES + 1)),
        deployments=[deployment(number, "IN_PROGRESS", "SUCCESS") for number in range(1, 30)],
    )
    chance = random.Random(20260302)
    with serving(forge) as server:
        read(tmp_path / "calm", server)
        questions = len(server.asked)
        kills = 0
        while kills < 10:
            kills += read_and_be_killed(
                tmp_path / "killed", server, chance, most=max(2, questions // 4)
            )
        read(tmp_path / "killed", server)

    rows = everything(tmp_path / "calm")
    assert len(rows["change"]) == CHANGES
    assert len(rows["deployment"]) == 29
    assert everything(tmp_path / "killed") == rows
