"""Where editors of VS Code's family keep what they know: user folders, and what a window shows."""

from __future__ import annotations

import posixpath
from pathlib import Path

from landed.sources.agents.contract import Home
from landed.sources.agents.fields import parsed, path_of_uri, text


def user_folders(home: Home, *products: str) -> list[Path]:
    """Return the user folders of these products that are there, on any system.

    On a machine that is worked on from elsewhere, the server's folder is one too.
    """
    parents = [
        home.path("XDG_CONFIG_HOME", ".config"),
        home.directory / "Library" / "Application Support",
        home.path("APPDATA", "AppData/Roaming"),
    ]
    found = [parent / product / "User" for product in products for parent in parents]
    servers = ("vscode-server", "vscode-server-insiders") if "Code" in products else ()
    found += [home.directory / f".{server}" / "data" / "User" for server in servers]
    return [folder for folder in dict.fromkeys(found) if folder.is_dir()]


def folder_of_window(storage: Path) -> str | None:
    """Return the folder that the window with this storage folder has open, None where untold."""
    try:
        told = parsed((storage / "workspace.json").read_bytes())
    except OSError:
        return None
    file = path_of_uri(text(told, "workspace"))
    return path_of_uri(text(told, "folder")) or (posixpath.dirname(file) or None if file else None)
