"""Random hostile changes to a tree of files: every way in which a line can come, move and go."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from tests.histories import contents
from tests.histories.objects import EXECUTABLE, FILE, SUBMODULE, SYMLINK

PATHS = (
    b"a.py",
    b"b.py",
    b"c.py",
    b"lib/a.py",
    b"lib/b.py",
    b"lib/deep/a.py",
    b"src/a.py",
    b"lib",
    b"a.py/b.py",
    b"src",
    b"lib-x/a.py",
    b'quo"ted.py',
    b"new\nline.py",
    b"tab\there.py",
    b"back\\slash.py",
    b"-dash.py",
    b"--help",
    b" spaces  around ",
    b"caf\xe9.py",
    b"\xff\xfe/a.py",
    "naïve/漢字.py".encode(),
    b":(glob)*.py",
    b"*",
    b"lib/{a => b}.py",
    b"a.py -> b.py",
    b"control\x01\x7f",
    b'"a.py"',
)


class Thing(NamedTuple):
    """What stands at a path: a file's or a link's content; a submodule's commit id."""

    mode: str
    content: bytes

    @property
    def is_file(self) -> bool:
        return self.mode in (FILE, EXECUTABLE)


Tree = dict[bytes, Thing]


@dataclass
class Growing:
    """A tree under change, what stood in earlier trees, and what was done in words."""

    tree: Tree
    earlier: Sequence[Tree]
    random: Random
    told: list[str] = field(default_factory=list)

    def files(self) -> list[bytes]:
        return sorted(path for path, thing in self.tree.items() if thing.is_file)

    def a_file(self) -> bytes | None:
        files = self.files()
        return self.random.choice(files) if files else None

    def a_path(self) -> bytes:
        return self.random.choice(PATHS)

    def a_free_path(self) -> bytes:
        free = [path for path in PATHS if not self._in_the_way(path)]
        return self.random.choice(free) if free else self.a_path()

    def put(self, path: bytes, thing: Thing) -> None:
        for other in self._in_the_way(path):
            del self.tree[other]
        self.tree[path] = thing

    def put_text(self, path: bytes, content: bytes) -> None:
        known = self.tree.get(path)
        self.put(path, Thing(known.mode if known and known.is_file else FILE, content))

    def _in_the_way(self, path: bytes) -> list[bytes]:
        return [
            other
            for other in self.tree
            if other == path or other.startswith(path + b"/") or path.startswith(other + b"/")
        ]


Action = Callable[[Growing], None]


def create(grown: Growing) -> None:
    grown.put_text(grown.a_path(), contents.text(grown.random))


def edit(grown: Growing) -> None:
    if path := grown.a_file():
        grown.put_text(path, contents.edited(grown.tree[path].content, grown.random))


def rewrite_half(grown: Growing) -> None:
    if path := grown.a_file():
        grown.put_text(path, contents.diluted(grown.tree[path].content, grown.random, 0.5))


def delete(grown: Growing) -> None:
    if path := grown.a_file():
        del grown.tree[path]


def _changed_a_little(grown: Growing, thing: Thing) -> Thing:
    """As it is, or similar to a degree around and above where git still sees a rename."""
    kept = grown.random.choice((None, None, 0.9, 0.8, 0.75, 0.6, 0.55, 0.5, 0.45))
    if kept is None:
        return thing
    return Thing(thing.mode, contents.diluted(thing.content, grown.random, kept))


def rename(grown: Growing) -> None:
    """Moves a file, edited or not, to a path that may be taken."""
    if path := grown.a_file():
        target = grown.a_path()
        thing = grown.tree.pop(path)
        grown.put(target, _changed_a_little(grown, thing))


def rename_chain(grown: Growing) -> None:
    """Moves several files one place on: the last to a new path, or round to the first."""
    files = grown.files()
    grown.random.shuffle(files)
    chain = files[: grown.random.choice((2, 2, 3))]
    if len(chain) < 2:
        return
    moved = [_changed_a_little(grown, grown.tree.pop(path)) for path in chain]
    rotates = grown.random.random() < 0.6
    targets = [*chain[1:], chain[0] if rotates else grown.a_free_path()]
    for target, thing in zip(targets, moved, strict=True):
        grown.put(target, thing)


def split(grown: Growing) -> None:
    """Spreads one file over two new ones; the old one usually goes."""
    if path := grown.a_file():
        pieces = contents.split(grown.tree[path].content)
        if grown.random.random() < 0.8:
            del grown.tree[path]
        cut = grown.random.randint(0, len(pieces))
        overlap = grown.random.choice((0, 0, len(pieces) // 3, len(pieces)))
        for part in (pieces[: cut + overlap], pieces[max(0, cut - overlap) :]):
            grown.put(grown.a_free_path(), Thing(FILE, contents.join(part, grown.random)))


def join(grown: Growing) -> None:
    """Puts two files into one, at one of their paths or at a new one."""
    files = grown.files()
    if len(files) >= 2:
        first, second = grown.random.sample(files, 2)
        whole = grown.tree.pop(first).content + grown.tree.pop(second).content
        target = grown.random.choice((first, second, grown.a_free_path()))
        grown.put_text(target, whole)


def duplicate(grown: Growing) -> None:
    """Adds identical copies of a file beside it, which later renames must choose between."""
    if path := grown.a_file():
        for _ in range(grown.random.choice((1, 2, 3))):
            grown.put(grown.a_free_path(), grown.tree[path])


def scatter(grown: Growing) -> None:
    """Removes several like files and adds like ones elsewhere, under same and other base names."""
    if path := grown.a_file():
        content = grown.tree[path].content
        likes = [other for other in grown.files() if _alike(content, grown.tree[other].content)]
        things = [grown.tree.pop(other) for other in likes]
        for thing in [*things, *things][: grown.random.choice((1, 2, 3))]:
            grown.put(grown.a_free_path(), _changed_a_little(grown, thing))


def _alike(left: bytes, right: bytes) -> bool:
    mine, others = set(contents.split(left)), set(contents.split(right))
    return len(mine & others) * 3 >= len(mine | others)


def near_duplicate(grown: Growing) -> None:
    """Adds files that are similar to a file, each to another degree."""
    if path := grown.a_file():
        for kept in grown.random.sample((0.95, 0.85, 0.75, 0.65, 0.55), 2):
            content = contents.diluted(grown.tree[path].content, grown.random, kept)
            grown.put(grown.a_free_path(), Thing(FILE, content))


def revive(grown: Growing) -> None:
    """Brings back what once stood at some path: there, or elsewhere."""
    past = [(path, tree[path]) for tree in grown.earlier for path in sorted(tree)]
    if past:
        path, thing = grown.random.choice(past)
        grown.put(path if grown.random.random() < 0.7 else grown.a_path(), thing)


def file_to_directory(grown: Growing) -> None:
    if path := grown.a_file():
        thing = grown.tree.pop(path)
        below = path + grown.random.choice((b"/a.py", b"/b.py", b"/deep/x"))
        grown.put(below, _changed_a_little(grown, thing))


def directory_to_file(grown: Growing) -> None:
    below = [path for path in grown.files() if b"/" in path]
    if below:
        path = grown.random.choice(below)
        grown.put(path.split(b"/")[0], _changed_a_little(grown, grown.tree[path]))


def toggle_binary(grown: Growing) -> None:
    """Puts a NUL byte into a text, or takes every one out again, with or without an edit."""
    if path := grown.a_file():
        content = grown.tree[path].content
        if b"\0" in content:
            content = content.replace(b"\0", b"")
        else:
            at = grown.random.randint(0, min(len(content), 4000))
            content = content[:at] + b"\0" + content[at:]
        if grown.random.random() < 0.5:
            content = contents.edited(content, grown.random)
        grown.put_text(path, content)


def nul_far_down(grown: Growing) -> None:
    """Makes a file with a NUL byte after the first 8,000 bytes: git still takes it for text."""
    head = b"".join(
        b"padding %60d\n" % grown.random.randrange(40 if number % 2 else 10**9)
        for number in range(125)
    )
    grown.put_text(grown.a_path(), head + b"far\0down\n" + contents.text(grown.random))


def flip_line_ends(grown: Growing) -> None:
    """Turns every line's end into CRLF, back, or only some of them."""
    if path := grown.a_file():
        content = grown.tree[path].content
        if b"\r\n" in content:
            content = content.replace(b"\r\n", b"\n")
        else:
            share = grown.random.choice((1.0, 1.0, 0.5))
            content = b"".join(
                piece.replace(b"\n", b"\r\n") if grown.random.random() < share else piece
                for piece in contents.split(content)
            )
        grown.put_text(path, content)


def flip_last_newline(grown: Growing) -> None:
    if path := grown.a_file():
        content = grown.tree[path].content
        grown.put_text(path, content[:-1] if content.endswith(b"\n") else content + b"\n")


def empty(grown: Growing) -> None:
    if path := grown.a_file():
        grown.put_text(path, b"")


def flip_mode(grown: Growing) -> None:
    if path := grown.a_file():
        thing = grown.tree[path]
        grown.tree[path] = Thing(FILE if thing.mode == EXECUTABLE else EXECUTABLE, thing.content)
        if grown.random.random() < 0.3:
            edit(grown)


def file_to_symlink(grown: Growing) -> None:
    """Turns a file into a link, whose target may even be the file's own text."""
    if path := grown.a_file():
        target = grown.tree[path].content if grown.random.random() < 0.3 else b"a.py"
        grown.put(path, Thing(SYMLINK, target.replace(b"\0", b"") or b"a.py"))


def file_to_submodule(grown: Growing) -> None:
    if path := grown.a_file():
        commit = hashlib.sha1(b"%d" % grown.random.randrange(3)).hexdigest()
        grown.put(path, Thing(SUBMODULE, commit.encode()))


def special_to_file(grown: Growing) -> None:
    """Turns a link or a submodule into a file: with its old text if it had one."""
    specials = sorted(path for path, thing in grown.tree.items() if not thing.is_file)
    if specials:
        path = grown.random.choice(specials)
        past = [tree[path] for tree in grown.earlier if path in tree and tree[path].is_file]
        fresh = Thing(FILE, contents.text(grown.random))
        grown.put(path, grown.random.choice([*past, fresh]))


def attributes(grown: Growing) -> None:
    """Adds attributes that would hide, convert or merge lines if anyone listened to them."""
    rule = grown.random.choice((b"* -diff\n", b"*.py binary\n", b"* text eol=crlf\n", b"* -text\n"))
    grown.put_text(b".gitattributes", rule)


def nothing(grown: Growing) -> None:
    """Leaves the tree as it is: an empty commit, or a merge without a say."""


ACTIONS: tuple[Action, ...] = (
    edit,
    create,
    rename,
    nothing,
    edit,
    edit,
    delete,
    create,
    rename,
    rename_chain,
    rename_chain,
    split,
    join,
    duplicate,
    near_duplicate,
    scatter,
    scatter,
    revive,
    revive,
    rewrite_half,
    file_to_directory,
    directory_to_file,
    toggle_binary,
    toggle_binary,
    nul_far_down,
    flip_line_ends,
    flip_last_newline,
    empty,
    flip_mode,
    file_to_symlink,
    file_to_submodule,
    special_to_file,
    special_to_file,
    attributes,
)


def merged(parents: Sequence[Tree], random: Random, manner: str) -> Tree:
    """The tree of a merge: one parent's whole tree (`take`), or path by path from any (`mix`),
    or with texts that differ woven line by line (`weave`).
    """
    if manner == "take":
        return dict(random.choice(parents))
    grown = Growing({}, (), random)
    for path in sorted({path for tree in parents for path in tree}):
        candidates = [tree.get(path) for tree in parents]
        present = [thing for thing in candidates if thing is not None]
        chosen = random.choice(candidates if random.random() < 0.3 else present)
        if chosen is None:
            continue
        other = random.choice(present)
        if manner == "weave" and chosen.is_file and other.is_file and chosen != other:
            chosen = Thing(chosen.mode, contents.woven(chosen.content, other.content, random))
        grown.put(path, chosen)
    return grown.tree
