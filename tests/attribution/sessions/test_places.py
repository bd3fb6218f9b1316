"""Sessions and edits find their repository and their person."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.shop import WORKED_IN, Shop

from landed.attribution.sessions.folders import normalised_remote
from landed.attribution.sessions.ingest import SessionsRead
from landed.attribution.sessions.people import confirm_identity, find_identity
from landed.errors import UsageError
from landed.sources.git.process import run_git
from landed.store import Store
from landed.sync import sync

Read = Callable[[], SessionsRead]


def ask(shop: Shop, sql: str) -> list[tuple[Any, ...]]:
    with Store.for_settings(shop.settings(), read_only=True) as store:
        return [tuple(row.values()) for row in store.query(sql).to_pylist()]


def how(shop: Shop) -> list[tuple[Any, ...]]:
    return ask(shop, "select how, count(*)::integer from session_place group by 1 order by 1")


def test_a_session_belongs_to_the_repository_around_its_directory(shop: Shop, read: Read) -> None:
    repository = sync(shop.path, shop.settings()).repository

    read()

    assert ask(shop, "select distinct belongs_to, worktree, name, how from session_place") == [
        (repository, str(shop.path), "shop", "mapping")
    ]
    assert ask(shop, "select path from edit_place where belongs_to is not null order by 1") == [
        (path,)
        for path in (
            "",  # the shell command that may have changed anything
            "banner.py",
            *["cart.py"] * 5,
            "discount.py",
            "discount.py",
            "draft.py",
            "export.py",
            "tax.py",
            "voucher.py",
        )
    ]


def test_before_the_repository_is_read_the_session_is_known_to_lie_in_one(
    shop: Shop, read: Read
) -> None:
    read()

    assert how(shop) == [("inside", 11)]
    assert ask(shop, "select count(*)::integer from edit_place where path is not null") == [(13,)]


def test_a_repository_that_was_moved_is_found_by_the_commit_that_the_log_names(
    shop: Shop, read: Read
) -> None:
    sync(shop.path, shop.settings())
    (shop.home / ".config" / "landed" / "landed.toml").unlink()

    read()

    # Codex writes down which commit it began at; Claude Code names only the directory
    assert ask(
        shop, "select agent, how, count(*)::integer from session_place group by all order by all"
    ) == [("claude-code", "inside", 8), ("codex", "commit", 3)]
    assert ask(
        shop,
        "select distinct worktree from edit_place where belongs_to is not null",
    ) == [(WORKED_IN,)]


def test_another_clone_of_the_same_history_is_the_same_repository(
    shop: Shop, read: Read, tmp_path: Path
) -> None:
    repository = sync(shop.path, shop.settings()).repository
    clone = tmp_path / "clone"
    shutil.copytree(shop.path, clone)
    shop.configure(f'[[sessions.paths]]\nlog = "{WORKED_IN}"\nhere = "{clone}"')

    read()

    assert ask(shop, "select distinct belongs_to, worktree from session_place") == [
        (repository, str(clone))
    ]


def test_git_is_asked_once_however_many_sessions_ran_in_a_working_tree(
    shop: Shop, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def counted(arguments: list[str], **options: Any) -> bytes:
        asked.append(arguments)
        return run_git(arguments, **options)

    monkeypatch.setattr("landed.sources.git.location.run_git", counted)

    read()

    assert how(shop) == [("inside", 11)]
    # for the repository it may be, and for a name to show
    assert [arguments[-1] for arguments in asked] == ["remote.origin.url"] * 2


def test_a_session_in_a_worktree_that_was_removed_stays_with_its_repository(
    shop: Shop, tmp_path: Path
) -> None:
    worktree = tmp_path / "beside"
    shop.git("worktree", "add", "-q", "-b", "topic", str(worktree))
    mapping = f'[[sessions.paths]]\nlog = "{WORKED_IN}"\nhere = "{worktree}"'
    (shop.home / ".config" / "landed" / "landed.toml").write_text(mapping, "utf-8")
    repository = sync(shop.path, shop.settings()).repository
    shop.git("worktree", "remove", str(worktree))
    shop.git("branch", "-q", "-D", "topic")
    shop.git("commit", "-q", "--allow-empty", "-m", "Go on")

    sync(shop.path, shop.settings())

    assert ask(shop, "select distinct belongs_to, worktree, how, person from session_place") == [
        (repository, str(worktree), "worktree", "dev@example.com")
    ]
    assert ask(
        shop,
        "select distinct belongs_to, worktree from edit_place where path = 'cart.py'",
    ) == [(repository, str(worktree))]


def test_a_main_session_that_edits_in_a_worktree_since_removed_edits_the_same_paths(
    shop: Shop,
) -> None:
    nested = shop.path / ".worktrees" / "beside"
    shop.git("worktree", "add", "-q", "-b", "topic", str(nested))
    moved = f'[[sessions.paths]]\nlog = "{WORKED_IN}/tax.py"\nhere = "{nested}/tax.py"'
    shop.configure(moved)
    sync(shop.path, shop.settings())
    shop.git("worktree", "remove", str(nested))
    shop.git("commit", "-q", "--allow-empty", "-m", "Go on")

    sync(shop.path, shop.settings())

    assert ask(shop, "select worktree from edit_place where path = 'tax.py'") == [(str(nested),)]


def test_what_is_edited_elsewhere_is_outside(shop: Shop, read: Read, tmp_path: Path) -> None:
    sync(shop.path, shop.settings())
    (tmp_path / "elsewhere").mkdir()
    moved = f'log = "{WORKED_IN}/tax.py"\nhere = "{tmp_path}/elsewhere/tax.py"'
    shop.configure(f"[[sessions.paths]]\n{moved}")

    read()

    assert ask(shop, "select count(*)::integer from edit_place where path is null") == [(1,)]


def test_paths_of_windows_are_found_under_a_mapping_written_the_windows_way(
    shop: Shop, read: Read
) -> None:
    for log in shop.logs():
        text = log.read_text("utf-8").replace(f"{WORKED_IN}/", "C:\\\\dev\\\\shop\\\\")
        log.write_text(text.replace(WORKED_IN, "C:\\\\dev\\\\shop"), "utf-8")
    mapping = f"[[sessions.paths]]\nlog = 'C:\\dev\\shop'\nhere = '{shop.path}'"
    (shop.home / ".config" / "landed" / "landed.toml").write_text(mapping, "utf-8")
    repository = sync(shop.path, shop.settings()).repository

    read()

    assert ask(shop, "select distinct belongs_to, how from session_place") == [
        (repository, "mapping")
    ]
    assert ask(shop, "select distinct path from edit_place order by 1") == [
        (path,)
        for path in (
            "",
            "banner.py",
            "cart.py",
            "discount.py",
            "draft.py",
            "export.py",
            "tax.py",
            "voucher.py",
        )
    ]


def test_a_path_that_the_rules_leave_out_is_marked(shop: Shop, read: Read) -> None:
    shop.configure('[ledger]\nexclude = ["banner.py"]')
    sync(shop.path, shop.settings())

    read()

    assert ask(shop, "select path from edit_place where excluded") == [("banner.py",)]


def test_a_session_is_of_the_person_whom_git_names_in_its_working_tree(
    shop: Shop, read: Read
) -> None:
    sync(shop.path, shop.settings())

    read()

    assert ask(shop, "select distinct person from session_place") == [("dev@example.com",)]
    assert ask(shop, "select person, agent, complete_since from capture order by agent") == [
        ("dev@example.com", "claude-code", None),
        ("dev@example.com", "codex", None),
    ]


def test_a_login_can_be_confirmed_and_stays_so(shop: Shop, read: Read) -> None:
    shop.git("config", "--unset", "user.email")
    sync(shop.path, shop.settings())
    read()
    assert ask(shop, "select distinct person from session_place") == [(None,)]
    (login,) = ask(shop, "select value from identity where kind = 'machine-user'")[0]

    with Store.for_settings(shop.settings()) as store:
        assert find_identity(store, login) == ("machine-user", login.lower())
        confirm_identity(store, "machine-user", login, "dev@example.com")
    read()

    assert ask(shop, "select distinct person from session_place") == [("dev@example.com",)]
    assert ask(shop, "select how from identity where kind = 'machine-user'") == [("confirmed",)]


def test_the_configuration_says_whose_a_login_is_and_since_when_all_tools_are_seen(
    shop: Shop, read: Read
) -> None:
    read()
    (login,) = ask(shop, "select value from identity where kind = 'machine-user'")[0]
    shop.configure(
        f'[[people]]\nemails = ["ana@example.com"]\nlogins = ["{login}"]\n'
        "all_tools_captured_since = 2026-11-01"
    )

    read()

    assert ask(shop, "select distinct person, complete_since::varchar from capture") == [
        ("ana@example.com", "2026-11-01")
    ]


def test_an_identity_that_nobody_has_is_refused(shop: Shop, read: Read) -> None:
    read()

    with (
        Store.for_settings(shop.settings(), read_only=True) as store,
        pytest.raises(UsageError, match="nobody is known as nemo"),
    ):
        find_identity(store, "nemo")


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("https://github.com/acme/shop.git", "github.com/acme/shop"),
        ("https://user:secret@github.com/acme/shop", "github.com/acme/shop"),
        ("git@github.com:acme/shop.git", "github.com:acme/shop"),
        ("ssh://git@github.com/acme/shop/", "github.com/acme/shop"),
        ("/srv/git/a@b.git", "/srv/git/a@b"),
    ],
)
def test_addresses_are_compared_without_scheme_and_credentials(address: str, plain: str) -> None:
    assert normalised_remote(address) == plain
