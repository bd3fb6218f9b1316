"""A repository that is out to run programs, to be written to, and to bend what is read of it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tests.histories.builder import History, lines

NAMES_LIKE_OPTIONS = (b"--help", b"-rf", b"--output=stolen", b"-", b"--", b"-O/dev/null")
REFS_LIKE_OPTIONS = (
    "refs/heads/--output=stolen",
    "refs/heads/-rf",
    "refs/tags/-n",
    "refs/tags/--all",
)


def grow(history: History) -> list[str]:
    """A small history with attributes that name drivers and files that look like options."""
    everything = "* diff=trap filter=trap merge=trap text eol=crlf working-tree-encoding=UTF-16\n"
    history.write(".gitattributes", everything + "*.hidden -diff\n")
    for name in (b"code.py", b"secret.hidden", *NAMES_LIKE_OPTIONS):
        history.write(name, lines("one", "two", "three"))
    first = history.commit("First")
    history.write("code.py", lines("one", "2", "three", "four"))
    history.rename("secret.hidden", "moved.hidden")
    second = history.commit("Second")
    history.branch("side", first)
    history.write("-rf", lines("zero", "one", "two", "three"))
    third = history.commit("Third")
    history.checkout("main")
    return [first, second, third, history.merge("side")]


class Traps:
    """Programs that leave a mark when they run, and settings that would run them."""

    def __init__(self, directory: Path) -> None:
        self._marks = directory / "marks"
        self._outside = directory / "outside"
        self._marks.mkdir()
        self._outside.mkdir()

    def sprung(self) -> set[str]:
        """Names of the traps that ran."""
        return {mark.name for mark in self._marks.iterdir()}

    def program(self, name: str) -> Path:
        """An executable that marks its run and fails."""
        program = self._outside / name
        program.write_text(f"#!/bin/sh\n: > {self._marks / name}\nexit 1\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return program

    def environment(self) -> dict[str, str]:
        """Variables of a caller that would bend every git command that inherits them."""
        return {
            "GIT_DIR": str(self._outside / "other.git"),
            "GIT_WORK_TREE": str(self._outside),
            "GIT_OBJECT_DIRECTORY": str(self._outside),
            "GIT_EXTERNAL_DIFF": str(self.program("variable-external-diff")),
            "GIT_PAGER": str(self.program("variable-pager")),
            "GIT_SSH_COMMAND": str(self.program("variable-ssh")),
            "GIT_ASKPASS": str(self.program("variable-askpass")),
            "GIT_DIFF_OPTS": "--unified=9",
            "GIT_LITERAL_PATHSPECS": "0",
            "GIT_TRACE": str(self._marks / "variable-trace"),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "core.fsmonitor",
            "GIT_CONFIG_VALUE_0": str(self.program("variable-fsmonitor")),
            "GIT_CONFIG_PARAMETERS": "'diff.renames=false'",
        }

    def arm(self, history: History) -> None:
        """Sets every trap in the repository's own files."""
        self._configure(history.git_dir)
        self._write_hooks(history.git_dir / "hooks")
        info = history.git_dir / "info"
        info.mkdir(exist_ok=True)
        (info / "attributes").write_text(
            "* diff=trap filter=trap merge=trap\n*.hidden binary filter=process\n"
        )
        first, second = history.resolve("main^^"), history.resolve("main^")
        (info / "grafts").write_text(f"{second}\n")
        lie = history.objects.write("blob", b"a lie\n")
        blob = history.files("main")[b"code.py"].object_id
        history.set_ref(f"refs/replace/{blob}", lie)
        history.set_ref(f"refs/replace/{second}", first)
        for ref in REFS_LIKE_OPTIONS:
            history.set_ref(ref, first)

    def _configure(self, git_dir: Path) -> None:
        included = self._outside / "included"
        included.write_text(f"[diff]\n\texternal = {self.program('included-external-diff')}\n")
        ignored = self._outside / "ignored-revisions"
        ignored.write_text("")
        attributes = self._outside / "attributes"
        attributes.write_text("* diff=trap -diff\n")
        mailmap = self._outside / "mailmap"
        mailmap.write_text("Mallory <mallory@example.com> <ana@example.com>\n")
        settings: dict[str, dict[str, object]] = {
            "core": {
                "fsmonitor": self.program("fsmonitor"),
                "pager": self.program("pager"),
                "editor": self.program("editor"),
                "sshCommand": self.program("ssh"),
                "askPass": self.program("askpass"),
                "gitProxy": self.program("proxy"),
                "alternateRefsCommand": self.program("alternate-refs"),
                "hooksPath": git_dir / "hooks",
                "attributesFile": attributes,
                "worktree": self._outside,
                "bigFileThreshold": 1,
                "quotePath": "false",
                "abbrev": 4,
                "ignoreCase": "true",
                "precomposeUnicode": "true",
                "logAllRefUpdates": "always",
            },
            "include": {"path": included},
            'includeIf "gitdir:**"': {"path": included},
            "diff": {
                "external": self.program("external-diff"),
                "renames": "false",
                "algorithm": "histogram",
                "noprefix": "true",
                "context": 7,
                "interHunkContext": 9,
                "indentHeuristic": "false",
                "suppressBlankEmpty": "true",
                "ignoreSubmodules": "all",
                "orderFile": attributes,
                "relative": "true",
                "submodule": "log",
            },
            'diff "trap"': {
                "textconv": self.program("textconv"),
                "command": self.program("diff-driver"),
                "cachetextconv": "true",
                "binary": "true",
            },
            'filter "trap"': {
                "clean": self.program("filter-clean"),
                "smudge": self.program("filter-smudge"),
            },
            'filter "process"': {"process": self.program("filter-process"), "required": "true"},
            'merge "trap"': {"driver": self.program("merge-driver")},
            "blame": {"ignoreRevsFile": ignored},
            "mailmap": {"file": mailmap},
            "log": {"showSignature": "true", "follow": "true", "date": "relative"},
            "gpg": {"program": self.program("gpg")},
            "credential": {"helper": f"!{self.program('credential-helper')}"},
            "uploadpack": {"packObjectsHook": self.program("pack-objects-hook")},
            "alias": {
                command: f"!{self.program(f'alias-{command}')}"
                for command in ("rev-list", "diff-tree", "cat-file", "blame", "log", "history")
            },
            "color": {"ui": "always"},
            "i18n": {"logOutputEncoding": "UTF-16"},
            "transfer": {"hideRefs": "refs/heads"},
            'remote "origin"': {
                "url": f"ext::{self.program('remote-command')}",
                "promisor": "true",
                "partialclonefilter": "blob:none",
                "uploadpack": self.program("remote-upload-pack"),
                "fetch": "+refs/*:refs/*",
            },
            "extensions": {"partialClone": "origin"},
        }
        rows = ["[core]", "\trepositoryformatversion = 1"]
        for section, values in settings.items():
            rows.append(f"[{section}]")
            rows += [f'\t{key} = "{value}"' for key, value in values.items()]
        with (git_dir / "config").open("a") as file:
            file.write("\n".join(rows) + "\n")

    def _write_hooks(self, directory: Path) -> None:
        directory.mkdir(exist_ok=True)
        for hook in ("reference-transaction", "post-checkout", "post-index-change", "pre-auto-gc"):
            (directory / hook).symlink_to(self.program(f"hook-{hook}"))


Snapshot = dict[str, tuple[int, int, int, int, bytes | str]]


def snapshot(directory: Path) -> Snapshot:
    """Everything that stands below a directory, with inode, mode, times and content."""
    found: Snapshot = {}
    for folder, subfolders, files in os.walk(directory):
        for name in (*subfolders, *files, "."):
            path = Path(folder) / name
            about = path.lstat()
            content: bytes | str = b""
            if stat.S_ISREG(about.st_mode):
                content = path.read_bytes()
            elif stat.S_ISLNK(about.st_mode):
                content = str(path.readlink())
            key = str(path.relative_to(directory))
            found[key] = (
                about.st_ino,
                about.st_mode,
                about.st_mtime_ns,
                about.st_ctime_ns,
                content,
            )
    return found
