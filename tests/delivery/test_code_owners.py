"""Who owns which paths of a repository, as the CODEOWNERS file at its main line's tip says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.histories.builder import History, lines

from landed.delivery.code_owners import note_code_owners, read_code_owners
from landed.delivery.rows import plain_rows
from landed.ledger.exclusion import attribute_rows
from landed.ledger.observing import default_rules
from landed.ledger.planning import LedgerRequest
from landed.ledger.update import update_ledger
from landed.records import FORGES
from landed.sources.git.scratch import Scratch
from landed.store import Store


class Shop:
    """A repository, and what is known of whose its paths are."""

    def __init__(self, directory: Path) -> None:
        self.history = History(directory / "repo")
        self.workspace = directory / "workspace"
        self.history.write("cart.py", lines("total = 0"))
        self.history.commit("Add the cart")
        self.repository = ""

    def write(self, place: str, text: str) -> None:
        """Commit a CODEOWNERS file."""
        self.history.write(place, text)
        self.history.commit(f"Say in {place} whose it is")

    def forge(self, kind: str) -> None:
        """Tell that the repository is a project of such a forge."""
        row = {
            "project": f"{kind}:forge.example:1",
            "forge": kind,
            "host": "forge.example",
            "name": "acme/shop",
            "private": True,
            "archived": False,
            "state": "present",
            "seen_at": datetime(2026, 1, 1, tzinfo=UTC),
            "belongs_to": self.repository or self.note(),
            "how": "remote",
        }
        with Store.open(self.workspace) as store:
            store.replace("project", plain_rows("project", [row]), FORGES)

    def teams(self, organisation: str, *slugs: str) -> None:
        """Tell of teams of a forge."""
        rows = [
            {"host": "forge.example", "organisation": organisation, "team": slug, "login": "ana"}
            for slug in slugs
        ]
        with Store.open(self.workspace) as store:
            store.replace("team_member", plain_rows("team_member", rows), FORGES)

    def note(self) -> str:
        """Read the repository and its owners; return the repository."""
        rules = default_rules()
        request = LedgerRequest(self.workspace, bytes(16), rules, None)
        with Scratch.open(self.history.path, self.workspace, attribute_rows(rules)) as scratch:
            self.repository = update_ledger(
                scratch, request, lambda: Store.open(self.workspace)
            ).repository
            with Store.open(self.workspace) as store:
                note_code_owners(store, self.repository, scratch)
        return self.repository

    def team(self, path: str) -> str | None:
        """The team that owns a path, once everything was noted."""
        return self.teams_of([path])[0]

    def teams_of(self, paths: Sequence[str]) -> list[str | None]:
        """The team that owns each path, likewise."""
        self.note()
        with Store.open(self.workspace) as store:
            return read_code_owners(store, self.repository).owning_teams(paths)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The repository's rows of one table."""
        with Store.open(self.workspace) as store:
            rows: list[dict[str, Any]] = store.read(table, self.repository).to_pylist()
        return rows


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield Shop(tmp_path)


def test_the_file_at_the_tip_tells_whose_a_path_is(shop: Shop) -> None:
    assert shop.team("cart.py") is None

    shop.write(".github/CODEOWNERS", "*.py @acme/Checkout @ana\n/docs/ ana@example.com\n")

    assert shop.team("cart.py") == "checkout"
    assert shop.team("docs/index.md") is None
    (first, second) = shop.rows("code_owner")
    assert first == {
        "repository": shop.repository,
        "ordinal": 0,
        "place": ".github/CODEOWNERS",
        "dialect": "github",
        "section": None,
        "optional": False,
        "pattern": "*.py",
        "excluded": False,
        "owners": '["@acme/Checkout","@ana"]',
        "team": "checkout",
    }
    assert (orjson.loads(second["owners"]), second["team"]) == (["ana@example.com"], None)

    shop.write(".github/CODEOWNERS", "*.py @acme/core\n")
    assert shop.team("cart.py") == "core"
    assert len(shop.rows("code_owner")) == 1


def test_the_first_file_counts_in_the_order_of_the_forge(shop: Shop) -> None:
    shop.write("docs/CODEOWNERS", "* @acme/docs\n")
    assert shop.team("cart.py") == "docs"
    shop.write("CODEOWNERS", "* @acme/top\n")
    assert shop.team("cart.py") == "top"
    shop.write(".github/CODEOWNERS", "* @acme/github\n")
    assert shop.team("cart.py") == "github"

    shop.forge("gitlab")

    assert shop.team("cart.py") == "top"


def test_the_place_of_gitlab_counts_where_there_is_no_other(shop: Shop) -> None:
    shop.write(".gitlab/CODEOWNERS", "[Web] @acme/web\ncart.py\n")
    assert shop.team("cart.py") == "web"

    shop.forge("github")

    assert shop.team("cart.py") is None


def test_a_link_is_no_file(shop: Shop) -> None:
    shop.write("owners", "* @acme/core\n")
    shop.history.symlink("CODEOWNERS", "owners")
    shop.history.commit("Link")

    assert shop.team("cart.py") is None


def test_a_team_has_the_name_that_the_forge_gives_it(shop: Shop) -> None:
    shop.write("CODEOWNERS", "/a @acme/web/core\n/b @acme\n/c @ana\n/d @@maintainer\n")
    shop.forge("gitlab")
    assert shop.teams_of("abcd") == ["web/core", None, None, None]

    shop.teams("acme", "acme", "web/core")
    assert shop.teams_of("abcd") == ["web/core", "acme", None, None]

    shop.teams("acme/web", "core")
    assert shop.teams_of("abcd") == ["core", None, None, None]


def test_what_a_file_says_wrongly_is_counted_until_it_is_put_right(shop: Shop) -> None:
    shop.write("CODEOWNERS", "!x @acme/web\n*.py @acme/core\n/y nobody\n")

    shop.note()

    assert [
        (row["source"], row["kind"], row["subject"], row["count"]) for row in shop.rows("problem")
    ] == [
        ("codeowners", "bad-owner", "CODEOWNERS", 1),
        ("codeowners", "bad-pattern", "CODEOWNERS", 1),
    ]
    assert shop.team("cart.py") == "core"

    shop.write("CODEOWNERS", "*.py @acme/core\n")
    shop.note()
    assert shop.rows("problem") == []


def test_nothing_is_written_where_nothing_has_changed(shop: Shop) -> None:
    shop.write("CODEOWNERS", "*.py @acme/core\n")
    shop.note()
    before = [row["read_at"] for row in shop.rows("source_state") if row["source"] == "codeowners"]
    shop.history.write("cart.py", lines("total = 1"))
    shop.history.commit("Count")

    shop.note()

    assert len(before) == 1
    assert before == [
        row["read_at"] for row in shop.rows("source_state") if row["source"] == "codeowners"
    ]


def test_a_file_that_is_taken_away_leaves_no_owner(shop: Shop) -> None:
    shop.write("CODEOWNERS", "*.py @acme/core\n")
    assert shop.team("cart.py") == "core"
    shop.history.remove("CODEOWNERS")
    shop.history.commit("Everything is everybody's")

    assert shop.team("cart.py") is None
    assert shop.rows("code_owner") == []
