"""A server that is killed under load loses nothing that it acknowledged, and doubles nothing."""

from __future__ import annotations

from pathlib import Path

from tests.server import killing


def test_what_was_acknowledged_is_there_once_however_often_the_server_dies(tmp_path: Path) -> None:
    outcome = killing.run(tmp_path, kills=5, exporters=3, seed=7)

    assert outcome.acknowledged > 0
    assert outcome.unanswered > 0
    assert outcome.exact, outcome


def test_nor_does_one_that_is_asked_to_stop(tmp_path: Path) -> None:
    outcome = killing.run(tmp_path, kills=2, exporters=3, seed=1, gently=True)

    assert outcome.acknowledged > 0
    assert outcome.exact, outcome
