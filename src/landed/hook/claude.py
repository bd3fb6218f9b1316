"""Claude Code's own hook: when Claude Code stops, what it wrote is read, before any commit.

A commit then finds its log read already, however much a long turn has added. The hook stands in
`.claude/settings.local.json` of one work tree, which Claude Code keeps for one person; settings
that a team shares are never touched.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson

from landed.errors import ConfigurationError
from landed.hook.install import command
from landed.hook.place import Place

FILE = Path(".claude") / "settings.local.json"
_EVENT = "Stop"
_OURS = "-m landed.hook.run catch-up"
_BEFORE = "claude-settings.before"
_AFTER = "claude-settings.after"


def is_connected(place: Place) -> bool:
    """Whether Claude Code runs our hook in this work tree."""
    try:
        settings = orjson.loads((Path(place.root) / FILE).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return False
    return isinstance(settings, dict) and any(map(_is_ours, _groups(settings)))


def connect(place: Place) -> None:
    """Have Claude Code run our hook in this work tree; a second time changes nothing.

    Raises:
        ConfigurationError: the file is tracked by git, is no JSON object, or cannot be written.
    """
    if is_connected(place):
        return
    path = Path(place.root) / FILE
    if place.git("ls-files", "--", str(FILE)):
        raise ConfigurationError(
            f"git tracks {path}: it is not yours alone, so it was left as it is"
        )
    before = _bytes(path)
    settings = _settings(path, before)
    hooks = settings.setdefault("hooks", {})
    groups = hooks.setdefault(_EVENT, []) if isinstance(hooks, dict) else None
    if not isinstance(groups, list):
        raise ConfigurationError(f"the hooks in {path} are not as Claude Code writes them")
    groups.append({"hooks": [{"type": "command", "command": command("catch-up")}]})
    after = orjson.dumps(settings, option=orjson.OPT_INDENT_2) + b"\n"
    _write(path, after)
    place.kept.mkdir(mode=0o700, exist_ok=True)
    _write(place.kept / _AFTER, after)
    if before is None:
        (place.kept / _BEFORE).unlink(missing_ok=True)
    else:
        _write(place.kept / _BEFORE, before)


def disconnect(place: Place) -> None:
    """Take our hook out; a file that nobody changed since is put back as it was.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    if not is_connected(place):
        return
    path = Path(place.root) / FILE
    now = _bytes(path)
    before = _bytes(place.kept / _BEFORE)
    if now is not None and now == _bytes(place.kept / _AFTER):
        _put_back(path, before)
    else:
        settings = _settings(path, now)
        hooks = settings["hooks"]
        hooks[_EVENT] = [group for group in _groups(settings) if not _is_ours(group)]
        if not hooks[_EVENT]:
            del hooks[_EVENT]
        if not hooks:
            del settings["hooks"]
        _write(path, orjson.dumps(settings, option=orjson.OPT_INDENT_2) + b"\n")
    for name in (_BEFORE, _AFTER):
        (place.kept / name).unlink(missing_ok=True)


def _put_back(path: Path, before: bytes | None) -> None:
    if before is not None:
        _write(path, before)
        return
    path.unlink()
    if not any(path.parent.iterdir()):
        path.parent.rmdir()


def _groups(settings: dict[str, Any]) -> list[Any]:
    hooks = settings.get("hooks")
    groups = hooks.get(_EVENT) if isinstance(hooks, dict) else None
    return groups if isinstance(groups, list) else []


def _is_ours(group: Any) -> bool:
    hooks = group.get("hooks") if isinstance(group, dict) else None
    return isinstance(hooks, list) and any(
        isinstance(hook, dict) and str(hook.get("command", "")).endswith(_OURS) for hook in hooks
    )


def _settings(path: Path, text: bytes | None) -> dict[str, Any]:
    try:
        settings = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"{path} is not valid JSON: {error}") from error
    if not isinstance(settings, dict):
        raise ConfigurationError(f"{path} does not hold a JSON object")
    return settings


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _write(path: Path, text: bytes) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        temporary = path.with_name(f".{path.name}-{os.getpid()}")
        temporary.write_bytes(text)
        temporary.replace(path)
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from error
