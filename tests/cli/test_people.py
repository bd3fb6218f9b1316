"""`landed people` as people call it: who is who, and how a suggestion is settled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.shop import Shop, build_shop

from landed import cli
from landed.sync import sync


@pytest.fixture
def shop(tmp_path: Path, home: Path) -> Shop:
    """The shop, read once."""
    made = build_shop(tmp_path / "shop", home)
    sync(made.path, made.settings())
    return made


def as_json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What the command prints with --json."""
    assert cli.run(["people", "--json"]) == 0
    found: dict[str, Any] = orjson.loads(capsys.readouterr().out)
    return found


def unmatched(found: dict[str, Any]) -> list[str]:
    """The identities that belong to nobody known."""
    return [row["value"] for row in found["identities"] if row["how"] in ("suggested", "unmatched")]


@pytest.mark.usefixtures("shop")
def test_it_tells_who_is_known_and_whose_agents_are_seen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = as_json(capsys)

    assert [row["person"] for row in found["people"]] == ["dev@example.com"]
    assert [(row["agent"], row["repository"]) for row in found["captures"]] == [
        ("claude-code", "shop"),
        ("codex", "shop"),
    ]
    assert {row["complete_since"] for row in found["captures"]} == {None}
    assert found["unmatched"] == len(unmatched(found)) == 1


@pytest.mark.usefixtures("shop")
def test_an_unmatched_login_is_settled_by_confirming_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (login,) = unmatched(as_json(capsys))
    assert cli.run(["people"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("1 identity unmatched\n")
    assert f"Settle one: landed people confirm {login} EMAIL" in told

    assert cli.run(["people", "confirm", login, "Dev@Example.com"]) == 0

    assert capsys.readouterr().out == f"{login} (machine-user) is dev@example.com\n"
    assert unmatched(as_json(capsys)) == []
    assert cli.run(["people"]) == 0
    assert capsys.readouterr().out.startswith("Everybody is matched.\n")


@pytest.mark.usefixtures("shop")
def test_an_identity_that_nobody_has_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["people", "confirm", "nobody-here", "dev@example.com"]) == 2
    assert "landed people lists every identity" in capsys.readouterr().err
