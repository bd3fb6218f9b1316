"""Writing a made-up history as a real git repository, fast."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import IO

from landed.demo.company import DOMAIN, Person
from landed.demo.script import Commit, History
from landed.errors import GitError

_NAMED = re.compile(r"@(\d+)@")


def write_repository(history: History, path: Path) -> None:
    """Write `history` as a clone at `path` with its working tree; commits learn their ids.

    Raises:
        GitError: git failed.
    """
    path.mkdir(parents=True)
    _git(path, "init", "-q", "--template=", "-b", "main")
    for key, value in (
        ("user.name", "Nobody (made up)"),
        ("user.email", f"nobody@{DOMAIN}"),
        # a log of HEAD would tell when the demo was made
        ("core.logAllRefUpdates", "false"),
        ("gc.auto", "0"),
    ):
        _git(path, "config", key, value)
    _git(path, "remote", "add", "origin", history.product.address)
    _import(history, path)
    _git(path, "reset", "-q", "--hard", "main")


def _import(history: History, path: Path) -> None:
    command = ["git", "-C", str(path), "fast-import", "--quiet", "--done"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
    ) as importer:
        assert importer.stdin is not None
        assert importer.stdout is not None
        assert importer.stderr is not None
        try:
            _tell(history, importer.stdin, importer.stdout)
            importer.stdin.close()
        except BrokenPipeError:
            pass  # it has ended, and says why
        said = importer.stderr.read().decode(errors="replace")
    if importer.returncode != 0:
        raise GitError(command[1:], importer.returncode, said)


def _tell(history: History, asked: IO[bytes], answers: IO[bytes]) -> None:
    """Tell fast-import all commits and refs, and learn the commits' ids."""

    def learn(commit: Commit) -> str:
        if not commit.sha:
            asked.write(b"get-mark :%d\n" % commit.mark)
            asked.flush()
            commit.sha = answers.readline().decode().strip()
        return commit.sha

    for commit in history.commits:
        commit.message = _NAMED.sub(
            lambda found: learn(history.commits[int(found[1]) - 1]), commit.message
        )
        asked.write(_stream(commit))
    for name, commit in _refs(history).items():
        asked.write(f"reset {name}\nfrom :{commit.mark}\n\n".encode())
    for commit in history.commits:
        learn(commit)
    asked.write(b"reset refs/import/here\nfrom " + b"0" * 40 + b"\n\ndone\n")


def _refs(history: History) -> dict[str, Commit]:
    """The main line, branches that are there still, the head of each request, and tags."""
    refs = {"refs/heads/main": history.main[-1]}
    for request in history.requests:
        refs[f"refs/pull/{request.number}/head"] = request.commits[-1]
        if request.outcome == "open":
            refs[f"refs/heads/{request.branch}"] = request.commits[-1]
    return refs | {f"refs/tags/{name}": commit for name, commit in history.tags}


def _stream(commit: Commit) -> bytes:
    """One commit in the language of git fast-import."""
    rows = [b"commit refs/import/here", b"mark :%d" % commit.mark]
    committer = commit.committer or commit.author
    rows.append(_who("author", commit.author, int(commit.authored.timestamp())))
    rows.append(_who("committer", committer, int(commit.committed.timestamp())))
    rows.append(_data(commit.message))
    if commit.parents:
        rows.append(b"from :%d" % commit.parents[0].mark)
    else:
        rows.append(b"deleteall")
    rows += [b"merge :%d" % parent.mark for parent in commit.parents[1:]]
    for path, text in commit.files.items():
        if text is None:
            rows.append(f"D {path}".encode())
        else:
            rows += [f"M 100644 inline {path}".encode(), _data(text)]
    return b"\n".join(rows) + b"\n"


def _who(role: str, person: Person, at: int) -> bytes:
    return f"{role} {person.name} <{person.email}> {at} +0000".encode()


def _data(text: str) -> bytes:
    content = text.encode()
    return b"data %d\n%b" % (len(content), content)


def _git(path: Path, *arguments: str) -> None:
    command = ["git", "-C", str(path), *arguments]
    finished = subprocess.run(command, capture_output=True, env=_environment())
    if finished.returncode != 0:
        said = finished.stderr.decode(errors="replace")
        raise GitError(command[1:], finished.returncode, said)


def _environment() -> dict[str, str]:
    """The environment without what would lead git elsewhere."""
    return {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
