"""Whoever has no forge need not have, nor wait for, the packages that ask forges."""

from __future__ import annotations

import subprocess
import sys

import pytest

CLIENTS = ("githubkit", "gitlab", "keyring", "httpx", "requests")


@pytest.mark.parametrize("module", ["landed.sync", "landed.sources.forges.webhooks_github"])
def test_no_client_of_a_forge_is_imported(module: str) -> None:
    look = f"import sys, {module}; print([name for name in sys.argv[1:] if name in sys.modules])"

    done = subprocess.run(
        [sys.executable, "-c", look, *CLIENTS], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
