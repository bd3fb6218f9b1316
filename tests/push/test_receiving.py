"""A pushed row counts once, whoever told it first and however often."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from tests.push.conftest import Company, Laptop
from tests.push.test_batch import EDIT, LINE, body

from landed.push.batch import BatchRefused
from landed.records import AGENTS
from landed.store import Store

TABLES = ("session", "turn", "model_call", "edit", "edit_line", "edit_before")


def rows(company: Company) -> dict[str, list[dict[str, Any]]]:
    with Store.for_settings(company.settings, read_only=True) as store:
        return {name: store.read(name, AGENTS).to_pylist() for name in TABLES}


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0, 1, 1)])
def test_order_and_repetition_do_not_matter(
    laptop: Laptop, company: Company, order: Sequence[int]
) -> None:
    bodies = laptop.bodies()
    assert len(bodies) == 2
    company.receive(bodies)
    wanted = rows(company)
    company.settings.workspace.joinpath("landed.duckdb").unlink()

    for which in order:
        company.receive([bodies[which]])

    assert rows(company) == wanted
    assert all(wanted.values())


def test_an_edit_that_was_told_without_its_lines_gets_them(company: Company) -> None:
    company.receive([body(edit=EDIT)])
    assert rows(company)["edit_line"] == []

    company.receive([body(edit=EDIT, edit_line=LINE), body(edit=EDIT, edit_line=LINE)])

    found = rows(company)
    assert (len(found["edit"]), len(found["edit_line"])) == (1, 1)
    assert found["edit_line"][0]["text_hash"] == 2**63


def test_what_is_no_batch_leaves_nothing_behind(company: Company) -> None:
    with pytest.raises(BatchRefused):
        company.receive([body(edit=EDIT), b"def total(cart):"])

    company.receive([])
    assert rows(company)["edit"] == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_repository_that_gets_its_address_later_is_told_by_it(
    laptop: Laptop, company: Company, order: Sequence[int]
) -> None:
    laptop.shop.git("remote", "remove", "origin")
    without = laptop.bodies()
    laptop.shop.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    pushes = (without, laptop.bodies())

    for which in order:
        company.receive(pushes[which])

    found = rows(company)
    assert {row["remote"] for row in found["session"]} == {"github.com:acme/shop"}
    assert all("@github.com:acme/shop//" in row["path"] for row in found["edit"])
