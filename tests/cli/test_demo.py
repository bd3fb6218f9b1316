"""`landed demo`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.demo.conftest import SEED, SIZE, SMALL, TODAY, made

from landed.cli import run
from landed.demo import NOTICE, DemoCompany, making

__all__ = ["made"]


@pytest.fixture
def asked(made: DemoCompany, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command that finds the small company complete."""
    monkeypatch.setattr(making, "PRODUCTS", SMALL)
    told = {"directory": made.directory, "seed": SEED, "today": TODAY, "size": SIZE}
    return ["demo", *(part for name, value in told.items() for part in (f"--{name}", str(value)))]


def test_ends_with_the_answers_and_what_to_try_next(
    made: DemoCompany, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(asked) == 0
    said = capsys.readouterr().out

    assert said.startswith(NOTICE)
    assert "lines that agents generated" in said
    assert "What it cost" in said
    assert f"landed --config {made.config_path} serve" in said


def test_as_json(made: DemoCompany, asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert told["notice"] == NOTICE
    assert told["reused"] is True
    assert Path(told["config"]) == made.config_path
    assert [Path(path) for path in told["repositories"]] == made.repositories


def test_other_commands_say_first_that_it_is_made_up(
    made: DemoCompany, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--config", str(made.config_path), "cost"]) == 0

    assert NOTICE in capsys.readouterr().err


def test_its_balance_has_no_residual(made: DemoCompany, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [str(path) for path in made.repositories]

    assert run(["--config", str(made.config_path), "balance", *paths, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert told["lines"]["generated"] > 0
    assert told["lines"]["residual"] == told["dollars"]["residual"] == 0
