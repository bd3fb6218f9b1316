"""Installing the git hooks, taking them out again, and telling what is there.

A hook that is there already is kept beside ours, under the name `NAME.before-landed`, and runs
first; its exit code is the hook's. Uninstalling puts it back as it was.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from landed.errors import RepositoryError, UsageError
from landed.hook.place import GitFailed, Place, find_place

EVENTS = ("post-commit", "post-rewrite")
KEPT = ".before-landed"
_HUSKY = ("h", "husky.sh")
_MARK = "# written by landed hook install; landed hook uninstall takes it out"
_SCRIPT = """\
#!/bin/sh
{mark}
kept="$0{kept}"
status=0
{feed}
exit $status
"""
_COMMITS = "$(git rev-parse HEAD; git rev-parse --quiet --verify CHERRY_PICK_HEAD)"
_FEED = {
    "post-commit": """\
if [ -x "$kept" ]; then
    "$kept" "$@" || status=$?
fi
# a rebase tells of the commits it copied when it is done
if git rev-parse --quiet --verify CHERRY_PICK_HEAD >/dev/null &&
    [ -d "$(git rev-parse --git-path rebase-merge)" ]; then
    exit $status
fi
if [ -x {python} ]; then
    {command} </dev/null >/dev/null 2>&1 || :
fi""",
    "post-rewrite": """\
rewritten=$(cat)
if [ -x "$kept" ]; then
    printf '%s\\n' "$rewritten" | "$kept" "$@" || status=$?
fi
if [ -x {python} ]; then
    printf '%s\\n' "$rewritten" | {command} >/dev/null 2>&1 || :
fi""",
}


@dataclass(frozen=True)
class Hook:
    """One git hook: where it lies, whether it is ours, and whether another one is kept by it."""

    event: str
    path: Path
    installed: bool
    kept: Path | None
    other: bool


@dataclass(frozen=True)
class Hooks:
    """The hooks of a repository.

    `chosen_by` is the `core.hooksPath` that names the directory, null without one. `apart` is
    true where the directory lies outside of the git directory, so that others may share it.
    """

    place: Place
    directory: Path
    chosen_by: str | None
    apart: bool
    hooks: tuple[Hook, ...]


def place_of(path: Path) -> Place:
    """Return the worktree that `path` lies in.

    Raises:
        RepositoryError: it lies in none.
    """
    directory = path if path.is_dir() else path.parent
    try:
        return find_place(directory)
    except (GitFailed, OSError) as error:
        raise RepositoryError(f"{path} lies in no work tree of a git repository") from error


def look(place: Place) -> Hooks:
    """Tell what hooks there are."""
    told = place.git("rev-parse", "--path-format=absolute", "--git-path", "hooks")
    directory = Path(os.fsdecode(told.rstrip(b"\n")))
    named = place.git("config", "--type=path", "core.hooksPath", accept=(0, 1))
    inside = os.path.realpath(directory).startswith(os.path.realpath(place.common_dir) + os.sep)
    return Hooks(
        place,
        directory,
        os.fsdecode(named.rstrip(b"\n")) if named else None,
        not inside,
        tuple(_look_at(event, directory / event) for event in EVENTS),
    )


def install(place: Place, *, shared: bool = False) -> Hooks:
    """Install the hooks, or bring them up to date; a second time changes nothing.

    A directory outside of the git directory (`core.hooksPath`) may serve other repositories, or
    be tracked: it is written to only where `shared` asks for it.

    Raises:
        UsageError: that directory was not asked for, or a hook cannot be kept or written.
    """
    hooks = look(place)
    if hooks.apart and not shared:
        raise UsageError(
            f"core.hooksPath names {hooks.directory}, outside of this repository's git directory: "
            "other repositories may use it, or it may be tracked. Nothing was installed; "
            "--shared installs there"
        )
    for hook in hooks.hooks:
        if hook.other and hook.kept is not None:
            raise UsageError(
                f"{hook.path} is not ours, and {hook.kept} is in its way: remove the one that is "
                "not needed"
            )
    if any((hooks.directory / name).exists() for name in _HUSKY):
        raise UsageError(
            f"husky makes the hooks in {hooks.directory} and finds its own by their names. Nothing "
            f"was installed; add this line to .husky/post-commit, and with post-rewrite in place "
            f"of post-commit to .husky/post-rewrite: {command('post-commit')}"
        )
    try:
        hooks.directory.mkdir(parents=True, exist_ok=True)
        for hook in hooks.hooks:
            _install(hook)
    except OSError as error:
        raise UsageError(f"cannot write the hooks in {hooks.directory}: {error}") from error
    return look(place)


def uninstall(place: Place) -> Hooks:
    """Take our hooks out and put back those that were there before; return what is there then.

    Raises:
        UsageError: a hook cannot be removed or put back.
    """
    hooks = look(place)
    try:
        for hook in hooks.hooks:
            if hook.installed and hook.kept is not None:
                hook.kept.replace(hook.path)
            elif hook.installed:
                hook.path.unlink()
    except OSError as error:
        raise UsageError(f"cannot take out the hooks in {hooks.directory}: {error}") from error
    return look(place)


def forget(place: Place) -> None:
    """Remove what the hook keeps in the git directory; notes are not among it."""
    shutil.rmtree(place.kept, ignore_errors=True)


def command(event: str) -> str:
    """Return the shell command that does the work of a hook, whatever the current directory.

    Neither `PYTHON*` variables nor the current directory, which may be a stranger's repository,
    say what Python imports.
    """
    command = f"{shlex.quote(sys.executable)} -E -P -m landed.hook.run {event}"
    return f"{command} {_COMMITS}" if event == "post-commit" else command


def _look_at(event: str, path: Path) -> Hook:
    present = path.is_symlink() or path.exists()
    ours = present and not path.is_symlink() and path.is_file() and _is_ours(path)
    kept = _kept_path(path)
    has_kept = kept.is_symlink() or kept.exists()
    return Hook(event, path, ours, kept if has_kept else None, present and not ours)


def _is_ours(path: Path) -> bool:
    try:
        return _MARK.encode() in path.read_bytes()[:400]
    except OSError:
        return False


def _install(hook: Hook) -> None:
    script = _script(hook.event)
    if hook.installed and hook.path.read_bytes() == script:
        return
    temporary = hook.path.with_name(f".{hook.path.name}-{os.getpid()}")
    temporary.write_bytes(script)
    temporary.chmod(0o755)
    if hook.other:
        hook.path.rename(_kept_path(hook.path))
    temporary.replace(hook.path)


def _kept_path(path: Path) -> Path:
    return path.with_name(path.name + KEPT)


def _script(event: str) -> bytes:
    feed = _FEED[event].format(python=shlex.quote(sys.executable), command=command(event))
    return os.fsencode(_SCRIPT.format(mark=_MARK, kept=KEPT, feed=feed))
