"""What a laptop pushed finds its repository by the address it was told with, or by a commit."""

from __future__ import annotations

from typing import Any

import pytest
from tests.shop import Shop

from landed.attribution.sessions.known import Known
from landed.attribution.sessions.placing import NOWHERE, Place, Placing
from landed.attribution.sessions.pushed import (
    hidden,
    keyed_name,
    names_of,
    pushed_file,
    repository_at,
    tree_name,
)
from landed.config import Settings
from landed.ledger.planning import repository_at as read_at
from landed.store import Store
from landed.sync import sync

KEY = bytes(range(16))
TREE = "tree:0123456789abcdef@"


@pytest.mark.parametrize(
    ("pushed", "remote"),
    [
        ("github.com:acme/shop", "github.com/acme/shop"),
        ("github.com/acme/shop", "github.com:acme/shop"),
        ("GitHub.com/Acme/Shop", "github.com/acme/shop"),
        ("gitlab.acme.example:2222/group/shop", "gitlab.acme.example/group/shop"),
        ("gitlab.acme.example/group/shop", "gitlab.acme.example:2222/group/shop"),
        (hidden(KEY, "/srv/git/shop"), "/srv/git/shop"),
    ],
)
def test_an_address_may_be_written_in_several_ways(pushed: str, remote: str) -> None:
    assert repository_at(names_of(KEY, [(remote, "r1")]), pushed) == "r1"


@pytest.mark.parametrize(
    "pushed", ["github.com/acme/cart", "example.com/acme/shop", hidden(KEY, "/srv/git/cart"), "x"]
)
def test_another_address_is_another_repository(pushed: str) -> None:
    names = names_of(KEY, [("github.com/acme/shop", "r1"), ("/srv/git/shop", "r2")])

    assert repository_at(names, pushed) is None


def test_a_name_is_equal_for_equal_texts_under_one_key_only() -> None:
    assert keyed_name(KEY, "/home/ana/shop") == keyed_name(KEY, "/home/ana/shop")
    assert keyed_name(KEY, "/home/ana/shop") != keyed_name(KEY[::-1], "/home/ana/shop")
    assert "ana" not in tree_name(KEY, "/home/ana/shop", "github.com/acme/shop")


def test_a_file_is_told_by_its_tree_and_its_path_in_it() -> None:
    assert pushed_file(f"{TREE}//src/a//b.py") == (TREE, "src/a//b.py")
    assert pushed_file(f"{TREE}//") == (TREE, "")
    assert pushed_file("file:0123456789abcdef") is None


@pytest.fixture
def placing(shop: Shop) -> Any:
    """The shop's repository was read, and the address of its remote is known."""
    shop.git("remote", "add", "origin", "https://github.com/acme/shop.git")
    settings = shop.settings()
    sync(shop.path, settings)
    with Store.for_settings(settings) as store:
        repository = read_at(store, shop.path / ".git")
        assert repository is not None
        known = Known(by_remote={"github.com/acme/shop": repository}, names={repository: "shop"})
        yield Placing(store, Settings(), known), repository


def row(cwd: str, **more: Any) -> dict[str, Any]:
    plain = dict.fromkeys(("branch", "commit", "remote"))
    return {"agent": "codex", "session": "s", "cwd": cwd} | plain | more


def test_sessions_are_placed_by_address_by_commit_or_not_at_all(
    placing: tuple[Placing, str], shop: Shop
) -> None:
    found, repository = placing
    by_address, fork = f"{TREE}github.com:acme/shop", f"{TREE}github.com/ana/shop"
    head = shop.git("rev-parse", "HEAD").strip()

    assert found.session(row(by_address), ()) == Place(repository, by_address, "shop", "remote")
    assert found.session(row(fork, commit=head), ()) == Place(repository, fork, "shop", "commit")
    assert found.session(row(fork), ()) == Place(None, fork, "github.com/ana/shop", "inside")
    assert found.session(row(TREE, branch="main"), ()) == Place(None, TREE, "unknown", "inside")
    assert found.session(row(TREE), ()) == Place(None, None, "unknown", "none")


def test_edits_go_with_their_tree_and_those_outside_belong_nowhere(
    placing: tuple[Placing, str],
) -> None:
    found, repository = placing
    fork = f"{TREE}github.com/ana/shop"
    place = Place(repository, fork, "shop", "commit")

    assert found.path(fork, f"{fork}//src/cart.py", place) == (repository, fork, "src/cart.py")
    other = "tree:fedcba9876543210@github.com/acme/shop"
    assert found.path(fork, f"{other}//tax.py", place) == (repository, other, "tax.py")
    unknown = "tree:fedcba9876543210@github.com/acme/else"
    assert found.path(fork, f"{unknown}//tax.py", place) == (None, unknown, "tax.py")
    assert found.path(fork, "file:0123456789abcdef", NOWHERE) == (None, None, None)
