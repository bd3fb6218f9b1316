"""Whose connections are this user's: real sockets on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator

import pytest

from landed.server.security.peers import is_this_user

NOBODY = 65534


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A socket that listens on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


def test_ones_own_connection_is_ones_own(listening: socket.socket) -> None:
    with socket.create_connection(listening.getsockname()) as client:
        assert is_this_user(client.getsockname(), listening.getsockname())


def test_so_it_is_over_the_newer_protocol() -> None:
    with (
        socket.create_server(("::1", 0), family=socket.AF_INET6) as opened,
        socket.create_connection(opened.getsockname()[:2]) as client,
    ):
        assert is_this_user(client.getsockname()[:2], opened.getsockname()[:2])


def test_a_connection_that_nobody_has_is_nobodys(listening: socket.socket) -> None:
    with socket.create_connection(listening.getsockname()) as client:
        place = client.getsockname()

    assert not is_this_user(place, listening.getsockname())


@pytest.mark.skipif(os.getuid() != 0, reason="only root may be another user")
def test_the_connection_of_another_user_is_not(listening: socket.socket) -> None:
    port = listening.getsockname()[1]
    shell = ["/bin/bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port}; read"]

    with subprocess.Popen(shell, stdin=subprocess.PIPE, user=NOBODY) as other:
        connection, place = listening.accept()
        with connection:
            assert not is_this_user(place, listening.getsockname())
        other.communicate(b"")
