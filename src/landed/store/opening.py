"""Opening the database file: one process at a time, each waiting its turn."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from landed.errors import StoreError

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 0.5
_HOLDER = re.compile(r"lock is held in (?P<program>.*?) \(PID (?P<pid>\d+)\)")


class GaveUp(Exception):
    """A server of the workspace has come, or has just gone: who is asked has to be found anew."""


def connect(
    path: Path,
    *,
    read_only: bool,
    wait_seconds: float,
    on_wait: Callable[[str], None],
    give_up: Callable[[], bool] = lambda: False,
    memory_limit: str,
    threads: int,
) -> duckdb.DuckDBPyConnection:
    """Connect to the database at `path`, waiting while another process holds it.

    `on_wait` gets one sentence each time there is a new holder to wait for. The connection, and
    each cursor of it, loads no extension, reaches nothing outside its file, and spills beside it.
    Raises StoreError when the time is up or the file is no database, and GaveUp when `give_up`,
    asked before each further try, says so.
    """
    deadline = time.monotonic() + wait_seconds
    pause = FIRST_PAUSE
    told = ""
    while True:
        try:
            connection = duckdb.connect(
                path,
                read_only=read_only,
                config={
                    "memory_limit": memory_limit,
                    "threads": threads,
                    "temp_directory": str(path.parent / "temporary"),
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                    "python_enable_replacements": False,
                },
            )
        except duckdb.IOException as error:
            if "Could not set lock" not in str(error):
                raise StoreError(_unreadable(path, error)) from error
            if give_up():
                raise GaveUp from error
            holder = _holder(error)
            if time.monotonic() >= deadline:
                raise StoreError(
                    f"{holder} still has the store {path} open after {wait_seconds:g} seconds: "
                    "wait until it ends, or choose another --workspace"
                ) from error
            if holder != told:
                on_wait(f"waiting for {holder}, which has the store open")
                told = holder
            time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
            pause = min(2 * pause, LONGEST_PAUSE)
        except duckdb.Error as error:
            raise StoreError(_unreadable(path, error)) from error
        else:
            connection.execute("set global TimeZone = 'UTC'")
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")
            return connection


def _holder(error: duckdb.IOException) -> str:
    found = _HOLDER.search(str(error))
    if found is None:
        return "another process"
    return f"process {found['pid']} ({Path(found['program']).name})"


def _unreadable(path: Path, error: duckdb.Error) -> str:
    said = " ".join(str(error).split())
    return f"cannot open the store {path}: {said}"
