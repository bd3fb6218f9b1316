"""Mirrors of ours, fetched from a real git server on loopback."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.histories.builder import History, lines
from tests.histories.objects import run_git
from tests.histories.served import GitServer, serve

from landed.errors import ForgeError, ForgeUnreachable, GitError, ProjectGone, TokenRefused
from landed.sources.git.mirror import Credentials, fetch_mirror

SECRET = "s3cret-token-of-ana"
ANA = Credentials("x-access-token", SECRET)


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[GitServer]:
    with serve(tmp_path / "forge") as server:
        yield server


@pytest.fixture
def shop(forge: GitServer) -> History:
    """acme/shop as a forge has it: main, a tag, notes, and a change whose branch is gone."""
    history = History(forge.root / "acme" / "shop.git", bare=True)
    history.write("cart.py", lines("total = 0"))
    first = history.commit("Add the cart")
    history.tag("v1")
    history.note(first, "by hand")
    history.branch("feature")
    history.write("cart.py", lines("total = 1"))
    history.set_ref("refs/pull/1/head", history.commit("Count"))
    history.set_ref("refs/pull/1/merge", history.resolve("feature"))
    history.checkout("main")
    history.delete_branch("feature")
    return history


def refs(directory: Path) -> dict[str, str]:
    listing = run_git(directory, "for-each-ref", "--format=%(refname) %(objectname)").stdout
    return dict(row.split(" ") for row in listing.decode().splitlines())


@pytest.mark.usefixtures("shop")
def test_a_mirror_holds_branches_tags_notes_and_the_branches_of_changes(
    forge: GitServer, tmp_path: Path
) -> None:
    directory = tmp_path / "mirrors" / "shop.git"

    made = fetch_mirror(directory, forge.address("acme/shop"))

    assert (made.mode, made.refs, made.head) == ("made", 4, "main")
    assert set(refs(directory)) == {
        "refs/heads/main",
        "refs/tags/v1",
        "refs/notes/ai",
        "refs/pull/1/head",
    }
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert run_git(directory, "symbolic-ref", "HEAD").stdout == b"refs/heads/main\n"
    assert not list(directory.glob("hooks/*"))


@pytest.mark.usefixtures("shop")
def test_what_has_not_changed_is_not_fetched_again(forge: GitServer, tmp_path: Path) -> None:
    directory = tmp_path / "mirrors" / "shop.git"
    fetch_mirror(directory, forge.address("acme/shop"))
    forge.asked.clear()

    again = fetch_mirror(directory, forge.address("acme/shop"))

    assert again.mode == "unchanged"
    assert {path.partition("?")[0] for _, path, _ in forge.asked} <= {
        "/acme/shop.git/info/refs",
        "/acme/shop.git/git-upload-pack",
    }
    assert len(forge.asked) == 2


def test_branches_move_and_go_with_the_server_but_changes_stay(
    forge: GitServer, shop: History, tmp_path: Path
) -> None:
    directory = tmp_path / "mirrors" / "shop.git"
    shop.set_ref("refs/heads/topic", shop.resolve("main"))
    fetch_mirror(directory, forge.address("acme/shop"))
    pulled = refs(directory)["refs/pull/1/head"]
    shop.write("cart.py", lines("total = 2"))
    moved = shop.commit("Go on")
    shop.delete_branch("topic")
    shop.git("update-ref", "-d", "refs/pull/1/head")
    shop.set_ref("refs/heads/topic/first", moved)

    updated = fetch_mirror(directory, forge.address("acme/shop"))

    found = refs(directory)
    assert updated.mode == "updated"
    assert found["refs/heads/main"] == found["refs/heads/topic/first"] == moved
    assert "refs/heads/topic" not in found
    assert found["refs/pull/1/head"] == pulled


def test_merge_requests_are_fetched_and_a_history_of_sha256_too(
    forge: GitServer, tmp_path: Path
) -> None:
    history = History(forge.root / "new.git", bare=True, object_format="sha256")
    history.write("a.py", "a = 1\n")
    history.set_ref("refs/merge-requests/7/head", history.commit())

    made = fetch_mirror(tmp_path / "new.git", forge.address("new"))

    assert made.mode == "made"
    assert len(refs(tmp_path / "new.git")["refs/merge-requests/7/head"]) == 64


def test_an_empty_repository_has_an_empty_mirror(forge: GitServer, tmp_path: Path) -> None:
    History(forge.root / "empty.git", bare=True)

    made = fetch_mirror(tmp_path / "empty.git", forge.address("empty"))

    assert (made.mode, made.refs, made.head) == ("made", 0, None)


@pytest.mark.usefixtures("shop")
def test_the_secret_opens_the_server_and_stands_nowhere(forge: GitServer, tmp_path: Path) -> None:
    forge.secret = SECRET
    directory = tmp_path / "mirrors" / "shop.git"

    fetch_mirror(directory, forge.address("acme/shop"), credentials=ANA)

    assert all(allowed for _, _, allowed in forge.asked)
    assert "refs/heads/main" in refs(directory)
    for path in (tmp_path / "mirrors").rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("credentials", [None, Credentials("x-access-token", "wrong-secret")])
@pytest.mark.usefixtures("shop")
def test_a_refused_secret_is_told_without_telling_it_and_the_mirror_stays(
    forge: GitServer, tmp_path: Path, credentials: Credentials | None
) -> None:
    directory = tmp_path / "mirrors" / "shop.git"
    fetch_mirror(directory, forge.address("acme/shop"))
    before = refs(directory)
    forge.secret = SECRET

    with pytest.raises(TokenRefused, match="did not let us fetch") as refused:
        fetch_mirror(directory, forge.address("acme/shop"), credentials=credentials)

    assert "secret" not in str(refused.value)
    assert refs(directory) == before


@pytest.mark.usefixtures("shop")
def test_passwords_of_the_user_are_not_used(forge: GitServer, tmp_path: Path, home: Path) -> None:
    forge.secret = SECRET
    (home / ".netrc").write_text(f"machine 127.0.0.1 login ana password {SECRET}\n")
    (home / ".gitconfig").write_text(f"[credential]\nhelper = !echo password={SECRET}\n")

    with pytest.raises(TokenRefused):
        fetch_mirror(tmp_path / "shop.git", forge.address("acme/shop"))


@pytest.mark.usefixtures("shop")
def test_no_process_is_started_with_the_secret_on_its_command_line(
    forge: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the real git is run, through a program in its place that notes its arguments
    real = subprocess.run(["which", "git"], capture_output=True, check=True).stdout.decode().strip()
    noted = tmp_path / "arguments"
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text(f'#!/bin/sh\necho "$@" >> {noted}\nexec {real} "$@"\n')
    (folder / "git").chmod(0o755)
    forge.secret = SECRET
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    fetch_mirror(tmp_path / "shop.git", forge.address("acme/shop"), credentials=ANA)

    assert "ls-remote" in noted.read_text()
    assert SECRET not in noted.read_text()


def test_a_torn_transfer_leaves_the_mirror_usable_and_the_next_one_completes_it(
    forge: GitServer, shop: History, tmp_path: Path
) -> None:
    directory = tmp_path / "shop.git"
    fetch_mirror(directory, forge.address("acme/shop"))
    shop.write("cart.py", lines(*(f"line {number}" for number in range(50))))
    moved = shop.commit("Much more")
    forge.trouble = "break"

    with pytest.raises((ForgeUnreachable, GitError)):
        fetch_mirror(directory, forge.address("acme/shop"))
    run_git(directory, "fsck", "--strict")
    forge.trouble = None
    updated = fetch_mirror(directory, forge.address("acme/shop"))

    assert updated.mode == "updated"
    assert refs(directory)["refs/heads/main"] == moved


@pytest.mark.usefixtures("shop")
def test_a_first_transfer_that_is_torn_leaves_nothing_behind(
    forge: GitServer, tmp_path: Path
) -> None:
    forge.trouble = "break"

    with pytest.raises((ForgeUnreachable, GitError)):
        fetch_mirror(tmp_path / "mirrors" / "shop.git", forge.address("acme/shop"))

    assert [path.name for path in (tmp_path / "mirrors").iterdir()] == ["shop.git.lock"]


def test_locks_of_a_git_that_was_killed_do_not_stop_the_next_fetch(
    forge: GitServer, shop: History, tmp_path: Path
) -> None:
    directory = tmp_path / "shop.git"
    fetch_mirror(directory, forge.address("acme/shop"))
    (directory / "packed-refs.lock").touch()
    (directory / "refs" / "heads" / "main.lock").touch()
    shop.write("cart.py", lines("total = 3"))
    moved = shop.commit()

    fetch_mirror(directory, forge.address("acme/shop"))

    assert refs(directory)["refs/heads/main"] == moved


@pytest.mark.parametrize("damage", ["objects", "HEAD", "config", "pack"])
@pytest.mark.usefixtures("shop")
def test_a_broken_mirror_is_made_anew(damage: str, forge: GitServer, tmp_path: Path) -> None:
    directory = tmp_path / "shop.git"
    fetch_mirror(directory, forge.address("acme/shop"))
    if damage == "pack":
        for pack in directory.glob("objects/pack/*.pack"):
            pack.chmod(0o600)
            pack.write_bytes(b"PACK")
    else:
        (directory / damage).rename(tmp_path / "taken away")

    again = fetch_mirror(directory, forge.address("acme/shop"))

    assert again.mode == "anew"
    run_git(directory, "fsck", "--strict")
    assert fetch_mirror(directory, forge.address("acme/shop")).mode == "unchanged"


@pytest.mark.usefixtures("shop")
def test_what_the_server_has_not_and_servers_that_fail_are_told_apart(
    forge: GitServer, tmp_path: Path
) -> None:
    with pytest.raises(ProjectGone, match="no repository at"):
        fetch_mirror(tmp_path / "gone.git", forge.address("acme/gone"))
    forge.trouble = "unavailable"
    with pytest.raises(ForgeUnreachable, match="could not be reached"):
        fetch_mirror(tmp_path / "shop.git", forge.address("acme/shop"))
    forge.trouble = "moved"
    with pytest.raises(ForgeError, match="another address"):
        fetch_mirror(tmp_path / "shop.git", forge.address("acme/shop"))
    assert not any("elsewhere" in path for _, path, _ in forge.asked)


def test_a_server_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(ForgeUnreachable):
        fetch_mirror(tmp_path / "shop.git", "http://127.0.0.1:9/acme/shop.git")


@pytest.mark.usefixtures("shop")
def test_two_processes_that_fetch_at_once_wait_for_each_other(
    forge: GitServer, tmp_path: Path
) -> None:
    directory = tmp_path / "shop.git"
    heard: list[str] = []
    program = (
        "import sys; from pathlib import Path; from landed.sources.git.mirror import fetch_mirror;"
        "print(fetch_mirror(Path(sys.argv[1]), sys.argv[2]).mode)"
    )
    other = [sys.executable, "-c", program, str(directory), forge.address("acme/shop")]
    with subprocess.Popen(other, stdout=subprocess.PIPE) as process:

        def listen(message: str, *_: object) -> None:
            heard.append(message)

        here = fetch_mirror(directory, forge.address("acme/shop"), progress=listen)
        assert process.stdout is not None
        there = process.stdout.read().decode().strip()

    assert sorted([here.mode, there]) == ["made", "unchanged"]
    assert process.returncode == 0
    assert heard


@pytest.mark.parametrize(
    "address",
    [
        "ext::sh -c touch% /tmp/pwned",
        "--upload-pack=touch /tmp/pwned",
        "file:///etc",
        "/etc",
        "../shop",
        "ftp://example.com/shop.git",
        "http://example.com/shop.git",
        "https://ana:hunter2@example.com/shop.git",
        "https://example.com/../../etc",
        "https://example.com/",
        "https://-oProxyCommand=x/shop.git",
        "ssh://-oProxyCommand=x/shop.git",
        "ssh://-oProxyCommand=x@example.com/shop.git",
        "https://example.com/a b.git",
        "https://example.com/shop.git\nfoo",
        "https://example.com:port/shop.git",
        "",
    ],
)
def test_hostile_addresses_are_refused_before_git_sees_them(address: str, tmp_path: Path) -> None:
    with pytest.raises(ForgeError, match="is not fetched from") as refused:
        fetch_mirror(tmp_path / "shop.git", address)

    assert "hunter2" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_path_of_this_machine_is_fetched_only_where_the_caller_says_so(
    shop: History, tmp_path: Path
) -> None:
    address = f"file://{shop.git_dir}"

    made = fetch_mirror(tmp_path / "shop.git", address, local_files=True)

    assert made.refs == 4
