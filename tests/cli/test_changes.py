"""`landed changes` as people call it, over the shop and what a forge told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.delivery.forge_rows import By, ForgeRows
from tests.shop import Shop, build_shop

from landed import cli
from landed.store import Store
from landed.sync import sync


@pytest.fixture
def shop(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The shop; commands run beside it."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.chdir(tmp_path)
    return build_shop(tmp_path / "shop", home)


@pytest.fixture
def at_forge(shop: Shop) -> Shop:
    """The shop with two changes: its newest commit was merged with one, the other is open."""
    repository = sync(shop.path, shop.settings()).repository
    newest = shop.git("rev-parse", "HEAD").strip()
    forge = ForgeRows()
    forge.change(
        7, commits=[By(newest)], merge_commit=newest, landed=[newest], title="Sum \x1b[2J|cart"
    )
    forge.change(8, state="open", draft=True, title="Half done")
    with Store.for_settings(shop.settings()) as store:
        forge.write(store, repository)
    return shop


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command prints."""
    assert cli.run(["changes", *arguments]) == 0
    return capsys.readouterr().out


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    """The changes that the command prints with --json."""
    found: list[dict[str, Any]] = orjson.loads(said(capsys, *arguments, "--json"))["changes"]
    return found


def test_without_a_forge_it_says_what_to_connect(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, str(shop.path)).startswith("No changes. landed connect github or gitlab")
    assert listed(capsys, str(shop.path)) == []


def test_every_change_stands_with_its_lines_and_fate(
    at_forge: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {row["number"]: row for row in listed(capsys, str(at_forge.path))}

    assert (found[7]["repository"], found[7]["project"]) == ("shop", "acme/shop")
    assert found[7]["fate"] in ("merged", "deployed")
    assert 0 <= found[7]["ai_low"] <= found[7]["ai_high"] <= found[7]["lines"]
    assert found[7]["lines"] > 0
    assert (found[8]["fate"], found[8]["merged_at"]) == ("draft", None)


def test_a_state_can_be_chosen(at_forge: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    at = str(at_forge.path)

    assert [row["number"] for row in listed(capsys, at, "--state", "open")] == [8]
    assert [row["number"] for row in listed(capsys, at, "--state", "merged")] == [7]
    assert listed(capsys, at, "--until", "2026-03-01") == []


def test_what_is_printed_fits_and_cannot_act(
    at_forge: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = said(capsys, str(at_forge.path)).splitlines()
    text = said(capsys, str(at_forge.path), "--markdown")

    assert max(map(len, lines)) <= 80
    assert all(letter.isprintable() for line in lines for letter in line)
    assert "| acme/shop#7 | Sum \\\\x1b\\[2J\\&#124;cart |" in text


def test_two_forms_at_once_are_refused(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["changes", str(shop.path), "--json", "--markdown"]) == 2
    assert "choose one of --json and --markdown" in capsys.readouterr().err
