"""Folders of logs that are there and may not be read: said, not taken for empty."""

from __future__ import annotations

import os
from pathlib import Path


def readable(folder: Path) -> Path:
    """Return a folder whose files can be listed, or which is not there.

    Searching by pattern passes over what it may not read without a word, as if it were empty.

    Raises:
        PermissionError: the folder is there and may not be read.
    """
    if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
        raise PermissionError(f"no permission to read {folder}")
    return folder
