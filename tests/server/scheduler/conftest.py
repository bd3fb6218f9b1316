"""Processes that the scheduler starts find the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

TOP = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def tests_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have other processes find `tests` too."""
    monkeypatch.setenv("PYTHONPATH", str(TOP))
