"""What killed runs leave behind is removed by later ones."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from landed.sources.git.scratch import Scratch


def test_only_what_is_older_than_a_day_is_removed(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path / "shop")], check=True)
    folder = tmp_path / "workspace" / "scratch"
    old, young = folder / "0123-1-abc", folder / "0123-2-abc"
    for left in (old, young):
        (left / "objects").mkdir(parents=True)
    yesterday = time.time() - 2 * 86_400
    os.utime(old, (yesterday, yesterday))

    with Scratch.open(tmp_path / "shop", tmp_path / "workspace"):
        assert not old.exists()
        assert young.exists()
