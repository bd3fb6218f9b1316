"""What was chosen when the hook was installed: whose logs it reads.

It is kept beside what the hook remembers, because reading all settings takes longer than a commit
may wait.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

FILE = "hook.json"


@dataclass(frozen=True)
class Chosen:
    """The agents whose logs are read (none named = all), and further home directories."""

    agents: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()


def load_chosen(directory: Path) -> Chosen:
    """Return what was chosen; the defaults where nothing was, or it cannot be read."""
    try:
        kept = orjson.loads((directory / FILE).read_bytes())
        return Chosen(tuple(kept["agents"]), tuple(kept["homes"]))
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return Chosen()


def save_chosen(directory: Path, chosen: Chosen) -> None:
    """Keep what was chosen.

    Raises:
        OSError: the file cannot be written.
    """
    directory.mkdir(mode=0o700, exist_ok=True)
    (directory / FILE).write_bytes(orjson.dumps(asdict(chosen)))
