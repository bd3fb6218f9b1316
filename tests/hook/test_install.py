"""Installing beside other hooks, where git looks for them, and taking everything out again."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.hook.shop import Shop, lines

from landed.errors import RepositoryError, UsageError
from landed.hook.install import forget, install, look, place_of, uninstall


@pytest.fixture
def bare_shop(tmp_path: Path, home: Path) -> Shop:
    """A shop without hooks."""
    return Shop(tmp_path / "shop", home)


def hook_of_theirs(directory: Path, event: str, script: str, mode: int = 0o755) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / event
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(mode)
    return path


def agent_commits(shop: Shop) -> None:
    shop.session().write("cart.py", lines("total = price * count"))
    shop.commit()


def test_a_second_installation_changes_nothing(bare_shop: Shop) -> None:
    first = install(bare_shop.place)
    texts = [hook.path.read_bytes() for hook in first.hooks]
    stamps = [hook.path.stat().st_mtime_ns for hook in first.hooks]

    second = install(bare_shop.place)

    assert second == first
    assert [hook.event for hook in second.hooks if hook.installed] == [
        "post-commit",
        "post-rewrite",
    ]
    assert [hook.path.read_bytes() for hook in second.hooks] == texts
    assert [hook.path.stat().st_mtime_ns for hook in second.hooks] == stamps


def test_uninstalling_leaves_no_trace_but_the_notes(bare_shop: Shop) -> None:
    install(bare_shop.place)
    agent_commits(bare_shop)

    uninstall(bare_shop.place)
    forget(bare_shop.place)

    git_dir = bare_shop.path / ".git"
    assert not list((git_dir / "hooks").iterdir())
    assert not (git_dir / "landed").exists()
    assert bare_shop.attested() == {"cart.py": [1]}


def test_an_existing_hook_runs_first_and_comes_back_byte_for_byte(bare_shop: Shop) -> None:
    ran = bare_shop.path.parent / "ran"
    path = hook_of_theirs(
        bare_shop.path / ".git" / "hooks",
        "post-commit",
        f'git notes --ref=ai list >"{ran}"; git log -1 --format=%s >>"{ran}"; exit 3',
        mode=0o750,
    )
    before = path.read_bytes()

    install(bare_shop.place)
    agent_commits(bare_shop)

    assert ran.read_text() == "Change\n"
    assert bare_shop.attested() == {"cart.py": [1]}
    done = subprocess.run([path], cwd=bare_shop.path, capture_output=True)
    assert done.returncode == 3

    uninstall(bare_shop.place)

    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o750
    assert list(path.parent.iterdir()) == [path]


def test_an_existing_post_rewrite_hook_gets_its_input_and_argument(bare_shop: Shop) -> None:
    told = bare_shop.path.parent / "told"
    hook_of_theirs(
        bare_shop.path / ".git" / "hooks", "post-rewrite", f'echo "$1" >"{told}"; cat >>"{told}"'
    )
    install(bare_shop.place)
    agent_commits(bare_shop)
    old = bare_shop.tip()

    bare_shop.git("commit", "-q", "--amend", "-m", "Other words")

    assert told.read_text() == f"amend\n{old} {bare_shop.tip()}\n"
    assert bare_shop.attested() == {"cart.py": [1]}


def test_a_hook_that_is_switched_off_stays_switched_off(bare_shop: Shop) -> None:
    ran = bare_shop.path.parent / "ran"
    hook_of_theirs(bare_shop.path / ".git" / "hooks", "post-commit", f'touch "{ran}"', 0o644)

    install(bare_shop.place)
    agent_commits(bare_shop)

    assert not ran.exists()
    assert bare_shop.attested() == {"cart.py": [1]}


def test_a_hook_that_is_a_link_stays_one(bare_shop: Shop) -> None:
    script = hook_of_theirs(bare_shop.path / "tools", "after-commit", "exit 0")
    path = bare_shop.path / ".git" / "hooks" / "post-commit"
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(script)

    install(bare_shop.place)
    assert script.read_text() == "#!/bin/sh\nexit 0\n"
    uninstall(bare_shop.place)

    assert path.is_symlink()
    assert path.readlink() == script


def test_a_hook_that_replaced_ours_is_left_alone(bare_shop: Shop) -> None:
    hooks = bare_shop.path / ".git" / "hooks"
    kept = hook_of_theirs(hooks, "post-commit", "echo first")
    install(bare_shop.place)
    path = hook_of_theirs(hooks, "post-commit", "echo second")

    assert [hook.other for hook in look(bare_shop.place).hooks] == [True, False]
    with pytest.raises(UsageError, match="in its way"):
        install(bare_shop.place)
    uninstall(bare_shop.place)

    assert path.read_text() == "#!/bin/sh\necho second\n"
    assert kept.with_name("post-commit.before-landed").read_text() == "#!/bin/sh\necho first\n"


def test_a_hooks_path_outside_of_the_git_directory_has_to_be_asked_for(bare_shop: Shop) -> None:
    directory = bare_shop.path.parent / "everybodys hooks"
    ran = bare_shop.path.parent / "ran"
    hook_of_theirs(directory, "post-commit", f'touch "{ran}"')
    bare_shop.git("config", "core.hooksPath", str(directory))

    with pytest.raises(UsageError, match=r"core\.hooksPath"):
        install(bare_shop.place)
    assert [path.name for path in directory.iterdir()] == ["post-commit"]

    hooks = install(bare_shop.place, shared=True)
    agent_commits(bare_shop)

    assert (hooks.apart, hooks.chosen_by, hooks.directory) == (True, str(directory), directory)
    assert ran.exists()
    assert bare_shop.attested() == {"cart.py": [1]}
    assert not (bare_shop.path / ".git" / "hooks").exists()


def test_a_hooks_path_inside_the_git_directory_is_used(bare_shop: Shop) -> None:
    bare_shop.git("config", "core.hooksPath", ".git/our-hooks")

    install(bare_shop.place)
    agent_commits(bare_shop)

    assert (bare_shop.path / ".git" / "our-hooks" / "post-commit").exists()
    assert bare_shop.attested() == {"cart.py": [1]}


def test_hooks_that_husky_makes_are_left_to_it(bare_shop: Shop) -> None:
    directory = bare_shop.path / ".husky" / "_"
    hook_of_theirs(directory, "h", "exit 0")
    bare_shop.git("config", "core.hooksPath", ".husky/_")

    with pytest.raises(UsageError, match=r"\.husky/post-commit.*landed\.hook\.run post-commit"):
        install(bare_shop.place, shared=True)

    assert [path.name for path in directory.iterdir()] == ["h"]


def test_one_installation_serves_all_worktrees(bare_shop: Shop, tmp_path: Path) -> None:
    beside = tmp_path / "beside"
    bare_shop.git("worktree", "add", "-q", "-b", "cart", str(beside))

    hooks = install(place_of(beside))
    bare_shop.session(folder=beside).write("cart.py", lines("total = price * count"))
    agent_commits(bare_shop)
    bare_shop.git("add", "-A", folder=beside)
    bare_shop.git("commit", "-q", "-m", "Beside", folder=beside)

    assert hooks.directory == bare_shop.path / ".git" / "hooks"
    assert bare_shop.attested("main") == {"cart.py": [1]}
    assert bare_shop.attested("cart") == {"cart.py": [1]}


def test_a_folder_that_is_no_work_tree_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="lies in no work tree"):
        place_of(tmp_path)
