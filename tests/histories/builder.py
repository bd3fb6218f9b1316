"""Builds real git repositories quickly, so that a test can tell the history it is about.

    history = History(tmp_path / "shop")
    history.write("cart.py", "total = 0\n")
    first = history.commit("Add the cart", author=("Ana", "ana@example.com"))

Commits are made from a staged tree that lives in memory; objects are written straight into the
object store, without a process, so hundreds of commits take a fraction of a second. Only what
git alone can do (three-way merges, cherry-picks, reverts, rebases) asks git. No file is checked
out unless `check_out_files` is called.

Everything is deterministic: the first commit is made at noon of 2025-01-01 UTC, each further
one an hour later, unless `when` says otherwise.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.histories.objects import (
    EXECUTABLE,
    FILE,
    SUBMODULE,
    SYMLINK,
    Entry,
    LooseObjects,
    Person,
    run_git,
    signature,
)

Moment = int | str | datetime
ANA: Person = ("Ana", "ana@example.com")
BEN: Person = ("Ben", "ben@example.com")
FIRST_COMMIT_AT = int(datetime(2025, 1, 1, 12, tzinfo=UTC).timestamp())
HOUR = 3600


def lines(*texts: str) -> str:
    """Text of the given lines, each ended by a newline."""
    return "".join(f"{text}\n" for text in texts)


class History:
    """A git repository under construction; `path` is its work tree, `git_dir` its data."""

    def __init__(
        self,
        path: Path,
        *,
        bare: bool = False,
        object_format: str = "sha1",
        default_branch: str = "main",
    ) -> None:
        self.path = path
        self.git_dir = path if bare else path / ".git"
        self.object_format = object_format
        self.objects = LooseObjects(self.git_dir / "objects", object_format)
        self._tree: dict[bytes, Entry] = {}
        self._trees: dict[str, dict[bytes, Entry]] = {}
        self._clock = FIRST_COMMIT_AT - HOUR
        path.mkdir(parents=True, exist_ok=True)
        arguments = ["init", "-q", f"--object-format={object_format}", "--template="]
        run_git(path, *arguments, *(["--bare"] if bare else []), "-b", default_branch, ".")

    # Staging -------------------------------------------------------------------------------

    def write(
        self, path: str | bytes, content: str | bytes, *, executable: bool | None = None
    ) -> None:
        """Stages a file; whatever stood in its way (a file, a directory) gives way."""
        name = os.fsencode(path)
        known = self._tree.get(name)
        if executable is None:
            executable = known is not None and known.mode == EXECUTABLE
        blob = self.objects.write("blob", content.encode() if isinstance(content, str) else content)
        self._place(name, Entry(EXECUTABLE if executable else FILE, blob))

    def symlink(self, path: str | bytes, target: str | bytes) -> None:
        """Stages a symbolic link."""
        blob = self.objects.write("blob", os.fsencode(target))
        self._place(os.fsencode(path), Entry(SYMLINK, blob))

    def submodule(self, path: str | bytes, commit: str | None = None) -> None:
        """Stages a submodule at some commit of another repository."""
        elsewhere = self.objects.digest(b"a commit of another repository")
        self._place(os.fsencode(path), Entry(SUBMODULE, commit or elsewhere))

    def chmod(self, path: str | bytes, *, executable: bool) -> None:
        """Stages a change of a file's executable bit."""
        name = os.fsencode(path)
        self._tree[name] = Entry(EXECUTABLE if executable else FILE, self._tree[name].object_id)

    def remove(self, *paths: str | bytes) -> None:
        """Stages the removal of files."""
        for path in paths:
            del self._tree[os.fsencode(path)]

    def rename(self, old: str | bytes, new: str | bytes) -> None:
        """Stages a move without a change."""
        self._place(os.fsencode(new), self._tree.pop(os.fsencode(old)))

    def clear(self) -> None:
        """Stages the removal of everything."""
        self._tree.clear()

    def files(self, commit: str | None = None) -> dict[bytes, Entry]:
        """What stands at every path of a commit, or in the staged tree."""
        return dict(self._tree if commit is None else self._tree_of(self.resolve(commit)))

    # Committing ----------------------------------------------------------------------------

    def commit(
        self,
        message: str = "Change",
        *,
        author: Person = ANA,
        when: Moment | None = None,
        committer: Person | None = None,
        committed: Moment | None = None,
        parents: Sequence[str] | None = None,
    ) -> str:
        """Commits the staged tree to the current branch and returns the commit id.

        `when` is the author date and sets the clock; `committed` is the committer date where it
        differs. `parents` replaces the current tip as parent: several make a merge, none a root.
        """
        authored = self._advance(when)
        if parents is None:
            tip = self.tip()
            parents = [] if tip is None else [tip]
        commit = self.objects.write_commit(
            message,
            self.objects.write_tree(self._tree),
            [self.resolve(parent) for parent in parents],
            author=(author, authored),
            committer=(committer or author, authored if committed is None else seconds(committed)),
        )
        self._trees[commit] = dict(self._tree)
        self._move_head(commit)
        return commit

    def merge(
        self,
        *branches: str,
        message: str | None = None,
        resolution: Mapping[str | bytes, str | bytes | None] | None = None,
        take: str | None = None,
        author: Person = ANA,
        when: Moment | None = None,
    ) -> str:
        """Merges branches into the current one, always with a merge commit.

        `resolution` gives paths their text in the merge (None: absent), conflicting or not.
        `take` takes the whole tree of one parent instead (as `-s ours` does).
        """
        tip = self.resolve("HEAD")
        others = [self.resolve(branch) for branch in branches]
        merged = self._tree_of(self.resolve(take)) if take else None
        self._tree = self._merged_tree(tip, others, resolution or {}) if merged is None else merged
        self._resolve_paths(resolution or {})
        return self.commit(
            message or f"Merge {' and '.join(branches)}",
            parents=[tip, *others],
            author=author,
            when=when,
        )

    def squash(
        self,
        branch: str,
        *,
        message: str | None = None,
        author: Person = ANA,
        when: Moment | None = None,
    ) -> str:
        """Lands all of a branch as one ordinary commit on the current branch."""
        self._tree = self._merged_tree(self.resolve("HEAD"), [self.resolve(branch)], {})
        return self.commit(message or f"Squash {branch}", author=author, when=when)

    def cherry_pick(self, commit: str, *, when: Moment | None = None) -> str:
        """Repeats a commit on the current branch, as git does: author kept, committer Ben."""
        return self._by_git(when, "cherry-pick", "--allow-empty", self.resolve(commit))

    def revert(self, commit: str, *, author: Person = ANA, when: Moment | None = None) -> str:
        """Reverts a commit on the current branch, with git's own message."""
        return self._by_git(when, "revert", "--no-edit", self.resolve(commit), author=author)

    def rebase(self, onto: str, *, when: Moment | None = None) -> str:
        """Moves the current branch onto another commit; returns the new tip."""
        return self._by_git(when, "rebase", "-q", self.resolve(onto))

    # Branches, tags, notes -----------------------------------------------------------------

    def branch(self, name: str, start: str | None = None) -> None:
        """Creates a branch at the current tip (or at `start`) and switches to it."""
        at = self.resolve(start or "HEAD")
        self.set_ref(f"refs/heads/{name}", at)
        self.checkout(name)

    def orphan(self, name: str) -> None:
        """Switches to a new branch without a commit; the staged tree is emptied."""
        self._write_head(f"ref: refs/heads/{name}")
        self._tree = {}

    def checkout(self, name: str) -> None:
        """Switches to a branch; what was staged is dropped."""
        self._write_head(f"ref: refs/heads/{name}")
        self._tree = dict(self._tree_of(self.resolve("HEAD")))

    def detach(self, commit: str) -> None:
        """Leaves HEAD at a commit instead of a branch."""
        self._write_head(self.resolve(commit))
        self._tree = dict(self._tree_of(self.resolve("HEAD")))

    def delete_branch(self, name: str) -> None:
        """Deletes a branch, merged or not."""
        run_git(self.path, "update-ref", "-d", f"refs/heads/{name}")

    def tag(
        self, name: str, commit: str = "HEAD", *, message: str | None = None, when: Moment = 0
    ) -> None:
        """Tags a commit; with a message it is an annotated tag made by Ana at `when`."""
        target = self.resolve(commit)
        if message is not None:
            tagger = signature(ANA, seconds(when) or self._clock)
            head = f"object {target}\ntype commit\ntag {name}\ntagger {tagger}\n\n{message}\n"
            target = self.objects.write("tag", head.encode())
        self.set_ref(f"refs/tags/{name}", target)

    def note(self, commit: str, text: str, *, ref: str = "ai") -> None:
        """Attaches a note to a commit under refs/notes/REF."""
        self.git("notes", f"--ref={ref}", "add", "-f", "-F", "-", commit, stdin=text.encode())

    def set_ref(self, ref: str | bytes, commit: str) -> None:
        """Points a ref, given by its full name, at an object."""
        file = self.git_dir / os.fsdecode(ref)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{commit}\n", encoding="ascii")

    # Looking -------------------------------------------------------------------------------

    def tip(self) -> str | None:
        """Commit id of HEAD; None while the branch has no commit."""
        head = (self.git_dir / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head
        return self._read_ref(head.removeprefix("ref: "))

    def resolve(self, name: str) -> str:
        """Full commit id of a branch, a tag, HEAD or a commit id."""
        if name in self._trees:
            return name
        known = self.tip() if name == "HEAD" else self._read_ref(f"refs/heads/{name}")
        return known or self.git("rev-parse", "--verify", "-q", f"{name}^{{commit}}").decode()

    def git(
        self,
        *arguments: str | bytes,
        stdin: bytes | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> bytes:
        """Runs git in the repository and returns what it printed, without the last newline."""
        dated = self._identity(BEN, self._clock) | dict(environment or {})
        return run_git(self.path, *arguments, stdin=stdin, environment=dated).stdout.removesuffix(
            b"\n"
        )

    def check_out_files(self) -> None:
        """Makes the work tree and the index agree with HEAD."""
        self.git("reset", "-q", "--hard")

    # Inside --------------------------------------------------------------------------------

    def _advance(self, when: Moment | None) -> int:
        self._clock = self._clock + HOUR if when is None else seconds(when)
        return self._clock

    def _place(self, name: bytes, entry: Entry) -> None:
        parts = name.split(b"/")
        for depth in range(1, len(parts)):
            self._tree.pop(b"/".join(parts[:depth]), None)
        for below in [path for path in self._tree if path.startswith(name + b"/")]:
            del self._tree[below]
        self._tree[name] = entry

    def _resolve_paths(self, resolution: Mapping[str | bytes, str | bytes | None]) -> None:
        for path, content in resolution.items():
            if content is None:
                self._tree.pop(os.fsencode(path), None)
            else:
                self.write(path, content)

    def _merged_tree(
        self,
        tip: str,
        others: Sequence[str],
        resolution: Mapping[str | bytes, str | bytes | None],
    ) -> dict[bytes, Entry]:
        resolved = {os.fsencode(path) for path in resolution}
        joined = tip
        tree = dict(self._tree_of(tip))
        passing: list[str] = []
        for other in others:
            merged = run_git(
                self.path,
                *("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages"),
                *("--allow-unrelated-histories", joined, other),
                check=False,
            )
            if merged.returncode not in (0, 1):
                raise AssertionError(merged.stderr.decode(errors="replace"))
            tree_id, *conflicts = merged.stdout.rstrip(b"\0").split(b"\0")
            unresolved = sorted(set(conflicts) - resolved)
            if unresolved:
                raise AssertionError(f"merge conflicts without a resolution: {unresolved}")
            tree = self._list_tree(tree_id.decode())
            joined = self._commit_to_merge_from(tree_id.decode(), joined, other)
            passing.append(joined)
        for commit in passing:
            self.objects.file(commit).unlink()
        return tree

    def _commit_to_merge_from(self, tree_id: str, first: str, second: str) -> str:
        """A commit for the next step of an octopus; the caller deletes it again."""
        parents = ("-p", first, "-p", second)
        return self.git("commit-tree", tree_id, *parents, "-m", "So far").decode()

    def _by_git(self, when: Moment | None, *arguments: str, author: Person | None = None) -> str:
        now = self._advance(when)
        self.check_out_files()
        environment = self._identity(BEN, now)
        if author is not None:
            environment |= self._identity(author, now)
        self.git(*arguments, environment=environment)
        tip = self.git("rev-parse", "HEAD").decode()
        self._tree = dict(self._tree_of(tip))
        return tip

    def _identity(self, person: Person, when: int) -> dict[str, str]:
        return {
            "GIT_AUTHOR_NAME": person[0],
            "GIT_AUTHOR_EMAIL": person[1],
            "GIT_AUTHOR_DATE": f"@{when} +0000",
            "GIT_COMMITTER_NAME": person[0],
            "GIT_COMMITTER_EMAIL": person[1],
            "GIT_COMMITTER_DATE": f"@{when} +0000",
        }

    def _tree_of(self, commit: str) -> dict[bytes, Entry]:
        if commit not in self._trees:
            self._trees[commit] = self._list_tree(commit)
        return self._trees[commit]

    def _list_tree(self, tree: str) -> dict[bytes, Entry]:
        listed = run_git(self.path, "ls-tree", "-r", "-z", "--full-tree", tree).stdout
        entries = {}
        for row in listed.split(b"\0")[:-1]:
            meta, _, path = row.partition(b"\t")
            mode, _, object_id = meta.decode().split(" ")
            entries[path] = Entry(mode, object_id)
        return entries

    def _move_head(self, commit: str) -> None:
        head = (self.git_dir / "HEAD").read_text(encoding="utf-8").strip()
        if head.startswith("ref: "):
            self.set_ref(head.removeprefix("ref: "), commit)
        else:
            self._write_head(commit)

    def _write_head(self, content: str) -> None:
        (self.git_dir / "HEAD").write_text(f"{content}\n", encoding="utf-8")

    def _read_ref(self, ref: str) -> str | None:
        file = self.git_dir / ref
        if file.is_file():
            return file.read_text(encoding="ascii").strip()
        found = run_git(self.path, "rev-parse", "--verify", "-q", ref, check=False)
        return found.stdout.decode().strip() or None


def seconds(moment: Moment) -> int:
    """Seconds since 1970 UTC of a number, a datetime or an ISO date such as `2025-03-01`."""
    if isinstance(moment, int):
        return moment
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
