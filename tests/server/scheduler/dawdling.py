"""A process of the scheduler that starts another one, says which these are, and never ends."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from landed.config import Settings
from landed.server.scheduler import child
from landed.server.scheduler.orders import Result


def dawdle(_: Settings, subject: str) -> Result:
    """Write both process ids to the file `subject`, and stay."""
    with subprocess.Popen(["sleep", "600"]) as inner:
        written = Path(f"{subject}.part")
        written.write_text(f"{os.getpid()} {inner.pid}")
        written.rename(subject)
        time.sleep(600)
    return Result("ok")


if __name__ == "__main__":
    child.DOERS["logs"] = dawdle
    child.main()
