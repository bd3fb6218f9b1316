"""The npm packages that tests need: `npm ci --prefix tests/servers` puts them beside this file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent
INSTALL = "npm ci --prefix tests/servers --ignore-scripts --no-audit --no-fund"


def package(name: str) -> Path:
    """The directory of an npm package; skips the test without it, and fails it in CI."""
    directory = HERE / "node_modules" / name
    if not directory.is_dir():
        _absent(f"the npm package {name} is not installed: {INSTALL}")
    return directory


def node() -> str:
    """The node program; skips the test without it, and fails it in CI."""
    program = shutil.which("node")
    if program is None:
        _absent("node is not installed")
    assert program
    return program


def _absent(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
