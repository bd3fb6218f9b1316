"""`landed explain` as people call it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from tests.shop import Shop, build_shop

from landed import cli
from landed.metrics import metrics
from landed.sync import sync


@pytest.fixture
def shop(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The shop, not read yet; commands run in it."""
    made = build_shop(tmp_path / "shop", home)
    monkeypatch.chdir(made.path)
    return made


def test_without_a_name_every_metric_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain"]) == 0

    told = capsys.readouterr().out
    assert all(f"\n{name} " in f"\n{told}" for name in metrics())
    assert cli.run(["explain", "--json"]) == 0
    assert [row["name"] for row in orjson.loads(capsys.readouterr().out)] == list(metrics())


def test_what_was_read_is_computed_here(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    sync(shop.path, shop.settings())

    assert cli.run(["explain", "ship_rate"]) == 0

    told = capsys.readouterr().out
    assert "figure    deployed ÷ committed, summed over the rows" in told
    assert "In shop:\n          39 ÷ 53 = 73.6 %" in told


def test_before_anything_was_read_the_meaning_is_told(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (shop.path, tmp_path):
        monkeypatch.chdir(place)
        assert cli.run(["explain", "waste", "--json"]) == 0
        content = orjson.loads(capsys.readouterr().out)
        assert (content["name"], content["here"]) == ("waste", None)


def test_a_repository_that_was_not_read_or_is_none_is_refused(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sync(shop.path, shop.settings())
    other = build_shop(tmp_path / "other", tmp_path / "elsewhere", logs=False)

    assert cli.run(["explain", "waste", str(other.path)]) == 2
    assert "has not been read: run landed report" in capsys.readouterr().err
    assert cli.run(["explain", "waste", str(tmp_path / "nowhere")]) == 2


def test_an_unknown_metric_is_refused_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["explain", "yields"]) == 2
    assert "known are" in capsys.readouterr().err
