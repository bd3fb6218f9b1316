"""Running git: one environment in which only the objects have a say, exit codes always checked."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from landed.errors import GitError

_PIPE_SIZE = 1 << 20
_LINUX_SET_PIPE_SIZE = 1031

_NEUTRAL = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
    # glibc returns every large diff buffer to the kernel at once; keeping them saves a tenth of
    # git's processor time on long streams.
    "MALLOC_MMAP_THRESHOLD_": "268435456",
    "MALLOC_TRIM_THRESHOLD_": "1073741824",
    "MALLOC_TOP_PAD_": "33554432",
}


def neutral_environment() -> dict[str, str]:
    """Return the environment in which every git process runs.

    No system, global or attribute configuration, no replace refs, no lazy fetching, no
    transport protocol, no prompt; every `GIT_*` variable of the caller is dropped.
    """
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return inherited | _NEUTRAL


def run_git(
    arguments: Sequence[str],
    *,
    git_dir: Path,
    stdin: bytes | None = None,
    accepted: tuple[int, ...] = (0,),
) -> bytes:
    """Run git to its end and return its standard output.

    Raises:
        GitError: the exit code is not one of `accepted`.
    """
    finished = subprocess.run(
        ["git", f"--git-dir={git_dir}", *arguments],
        input=stdin if stdin is not None else b"",
        capture_output=True,
        env=neutral_environment(),
        cwd=git_dir,
        check=False,
    )
    if finished.returncode not in accepted:
        raise GitError(arguments, finished.returncode, finished.stderr.decode(errors="replace"))
    return finished.stdout


class GitProcess:
    """A git process that stays open: bytes in, bytes out, its exit code checked at the end."""

    def __init__(self, arguments: Sequence[str], *, git_dir: Path, stdin: bytes | None = None):
        """Start git; `stdin` is fed from an unnamed file, or a pipe is opened where it is None."""
        self.arguments = list(arguments)
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end
        source: IO[bytes] | int = subprocess.PIPE
        if stdin is not None:
            source = tempfile.TemporaryFile()  # noqa: SIM115 - git inherits it
            source.write(stdin)
            source.seek(0)
        self._process = subprocess.Popen(
            ["git", f"--git-dir={git_dir}", *arguments],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=neutral_environment(),
            cwd=git_dir,
            bufsize=0,
        )
        if not isinstance(source, int):
            source.close()
        assert self._process.stdout is not None
        self._output = self._process.stdout
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._output, _LINUX_SET_PIPE_SIZE, _PIPE_SIZE)
        self._rest = b""
        # One buffer for all reads: a new megabyte a call costs more than what is read into it.
        self._chunk = memoryview(bytearray(_PIPE_SIZE))

    def write(self, data: bytes) -> None:
        """Send bytes to git's standard input.

        Raises:
            GitError: git has ended.
        """
        assert self._process.stdin is not None
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._process.stdin.fileno(), view) :]
        except BrokenPipeError:
            raise self.failure() from None

    def read(self, size: int = _PIPE_SIZE) -> bytes:
        """Return at most `size` bytes as soon as there are any; empty at the end of the stream."""
        if self._rest:
            taken, self._rest = self._rest[:size], self._rest[size:]
            return taken
        return self._receive(size)

    def _receive(self, size: int = _PIPE_SIZE) -> bytes:
        count = os.readv(self._output.fileno(), [self._chunk[:size]])
        return bytes(self._chunk[:count])

    def read_until(self, end: bytes) -> bytes:
        """Return bytes up to and including the next `end`.

        Raises:
            GitError: the stream ended first.
        """
        parts = bytearray(self._rest)
        start = 0
        while (found := parts.find(end, max(0, start - len(end)))) < 0:
            start = len(parts)
            chunk = self._receive()
            if not chunk:
                raise self.failure()
            parts += chunk
        cut = found + len(end)
        self._rest = bytes(parts[cut:])
        return bytes(parts[:cut])

    def read_exactly(self, size: int) -> bytes:
        """Return exactly `size` bytes.

        Raises:
            GitError: the stream ended first.
        """
        parts = bytearray(self._rest)
        while len(parts) < size:
            chunk = self._receive()
            if not chunk:
                raise self.failure()
            parts += chunk
        self._rest = bytes(parts[size:])
        return bytes(parts[:size])

    def finish(self) -> None:
        """Wait for the end of the process.

        Raises:
            GitError: the exit code is not 0.
        """
        if self._process.stdin is not None:
            self._process.stdin.close()
        code = self._process.wait()
        self._output.close()
        if code != 0:
            raise self.failure()
        self._errors.close()

    def failure(self) -> GitError:
        """Return the error that says why this process ended early."""
        self.kill(keep_errors=True)
        self._errors.seek(0)
        message = self._errors.read().decode(errors="replace")
        self._errors.close()
        return GitError(self.arguments, self._process.returncode, message)

    def kill(self, *, keep_errors: bool = False) -> None:
        """End the process now and close its pipes; harmless where it has already ended."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        if self._process.poll() is None:
            # A process whose output has ended is about to exit by itself: its own exit code
            # tells more than a signal would.
            try:
                self._process.wait(timeout=0.2 if keep_errors else 0)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._output.close()
        if not keep_errors:
            self._errors.close()
