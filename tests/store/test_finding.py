"""Where the server of a workspace is found, and where it is not."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.servers.store_server import serving

from landed.errors import StoreError
from landed.store import Store
from landed.store.finding import (
    LONGEST_PATH,
    SOCKET_NAME,
    find_server,
    listening_socket,
    remove_socket,
    socket_path,
)
from landed.store.local import LocalStore
from landed.store.remote import RemoteStore


@pytest.fixture
def short_directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        yield Path(directory)


@pytest.fixture
def long_workspace(tmp_path: Path, short_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short_directory))
    workspace = tmp_path / ("long" * 20) / ("name" * 20)
    workspace.mkdir(parents=True)
    return workspace


def test_the_socket_lies_in_the_workspace_for_its_owner_only(tmp_path: Path) -> None:
    assert find_server(tmp_path) is None

    with listening_socket(tmp_path):
        assert find_server(tmp_path) == tmp_path / SOCKET_NAME == socket_path(tmp_path)
        assert (tmp_path / SOCKET_NAME).stat().st_mode & 0o777 == 0o600

    remove_socket(tmp_path)
    assert not (tmp_path / SOCKET_NAME).exists()


def test_a_socket_that_a_killed_server_left_is_no_server(tmp_path: Path) -> None:
    listening_socket(tmp_path).close()
    assert (tmp_path / SOCKET_NAME).is_socket()

    with Store.open(tmp_path) as store:
        assert isinstance(store, LocalStore)


def test_a_new_server_takes_the_place_of_a_killed_one(tmp_path: Path) -> None:
    listening_socket(tmp_path).close()

    with serving(tmp_path), Store.open(tmp_path) as store:
        assert isinstance(store, RemoteStore)


def test_a_file_that_is_no_socket_is_no_server(tmp_path: Path) -> None:
    (tmp_path / SOCKET_NAME).write_text("nothing")

    assert find_server(tmp_path) is None


def test_a_workspace_with_a_long_path_has_its_socket_elsewhere(long_workspace: Path) -> None:
    assert len(os.fsencode(long_workspace / SOCKET_NAME)) > LONGEST_PATH

    with serving(long_workspace), Store.open(long_workspace) as store:
        assert isinstance(store, RemoteStore)
        found = socket_path(long_workspace)
        assert found.parent != long_workspace
        assert found.parent.stat().st_mode & 0o777 == 0o700

    assert not found.exists()
    assert not (long_workspace / SOCKET_NAME).is_symlink()
    with Store.open(long_workspace) as store:
        assert isinstance(store, LocalStore)


def test_it_is_found_from_another_environment_too(
    long_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening_socket(long_workspace):
        monkeypatch.delenv("XDG_RUNTIME_DIR")

        assert find_server(long_workspace) == socket_path(long_workspace)
        assert find_server(long_workspace) is not None

    remove_socket(long_workspace)


def test_without_a_runtime_directory_it_lies_in_a_short_temporary_one(
    long_workspace: Path, short_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    of_the_user = f"landed-{os.getuid()}"

    monkeypatch.setattr(tempfile, "tempdir", str(short_directory))
    assert socket_path(long_workspace).parent == short_directory / of_the_user
    monkeypatch.setattr(tempfile, "tempdir", str(long_workspace))
    assert socket_path(long_workspace).parent == Path("/tmp") / of_the_user


def test_a_directory_that_others_can_write_to_is_not_used(long_workspace: Path) -> None:
    directory = socket_path(long_workspace).parent
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o777)

    try:
        with pytest.raises(StoreError, match="not a directory of this user alone"):
            listening_socket(long_workspace)
    finally:
        directory.chmod(0o700)


def test_two_workspaces_have_two_sockets(long_workspace: Path) -> None:
    assert socket_path(long_workspace) != socket_path(long_workspace.parent / ("other" * 20))


def test_where_no_socket_can_be_made_it_says_so(tmp_path: Path) -> None:
    (tmp_path / SOCKET_NAME).mkdir()

    with pytest.raises(StoreError, match="cannot listen on the socket"):
        listening_socket(tmp_path)


def test_a_server_that_does_not_take_connections_is_none(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / SOCKET_NAME))

        assert find_server(tmp_path) is None
