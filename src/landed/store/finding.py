"""Where the server of a workspace listens for other processes of the same user.

The socket lies in the workspace. The path of a socket may be 107 bytes at most: for a longer one
the socket lies in a short directory of this user, and a link in the workspace leads there.
"""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import tempfile
from pathlib import Path

from landed.errors import StoreError

SOCKET_NAME = "server.sock"
LONGEST_PATH = 100
"""In bytes; the systems' limits are 104 (macOS) and 108 (Linux), with the closing zero."""
_ANSWER_SECONDS = 5.0


def socket_path(workspace: Path) -> Path:
    """The path of the socket on which the server of `workspace` listens, there or not."""
    inside = workspace.absolute() / SOCKET_NAME
    return inside.readlink() if inside.is_symlink() else _place(workspace)


def find_server(workspace: Path) -> Path | None:
    """The socket of the running server of `workspace`; None where none listens.

    A socket that a killed server left behind counts as none, and so does one of another user.
    """
    path = socket_path(workspace)
    try:
        status = path.lstat()
    except OSError:
        return None
    if not stat.S_ISSOCK(status.st_mode) or status.st_uid != os.getuid():
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as attempt:
        attempt.settimeout(_ANSWER_SECONDS)
        try:
            attempt.connect(os.fspath(path))
        except OSError:
            return None
    return path


def listening_socket(workspace: Path) -> socket.socket:
    """A socket that listens for this user only, where `find_server` looks.

    For the one process that has the store of `workspace` open: a socket that is there already is
    that of a killed server, and is replaced. Raises StoreError where none can be made.
    """
    path = _place(workspace)
    inside = workspace.absolute() / SOCKET_NAME
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _make_private(path.parent, workspace)
        path.unlink(missing_ok=True)
        listening.bind(os.fspath(path))
        # nobody can connect before listen()
        path.chmod(0o600)
        if path != inside:
            inside.unlink(missing_ok=True)
            inside.symlink_to(path)
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise StoreError(
            f"cannot listen on the socket {path}: {error.strerror or error}"
        ) from error
    return listening


def remove_socket(workspace: Path) -> None:
    """Take the socket of a server that has ended away."""
    path = socket_path(workspace)
    path.unlink(missing_ok=True)
    (workspace / SOCKET_NAME).unlink(missing_ok=True)


def _place(workspace: Path) -> Path:
    """Where a server of `workspace` puts its socket."""
    inside = workspace.absolute() / SOCKET_NAME
    if len(os.fsencode(inside)) <= LONGEST_PATH:
        return inside
    name = hashlib.sha256(os.fsencode(workspace.resolve())).hexdigest()[:24]
    return _private_directory() / f"{name}.sock"


def _private_directory() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and len(os.fsencode(runtime)) < LONGEST_PATH // 2:
        return Path(runtime) / "landed"
    temporary = tempfile.gettempdir()
    if len(os.fsencode(temporary)) >= LONGEST_PATH // 2:
        temporary = "/tmp"
    return Path(temporary) / f"landed-{os.getuid()}"


def _make_private(directory: Path, workspace: Path) -> None:
    """Make `directory` for this user only; StoreError where somebody else has made it."""
    if directory == workspace.absolute():
        return
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise StoreError(
            f"{directory} is not a directory of this user alone: remove it, or choose a shorter "
            "--workspace"
        )
