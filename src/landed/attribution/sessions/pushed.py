"""Names of working trees and files that a laptop pushed: keyed hashes in the place of its folders.

A working tree is `tree:HASH@ADDRESS`, where ADDRESS is that of its repository and may be empty; a
file in it is that, `//`, and its path in the repository. A file outside every repository is
`file:HASH`. An address that would tell of the laptop's own folders is `hidden:HASH`.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from re import compile as pattern
from typing import NamedTuple

from siphashc import siphash

from landed.errors import UsageError
from landed.sources.forges.keys import plain_address

_TREE = "tree:"
_FILE = "file:"
_HIDDEN = "hidden:"
_INSIDE = "//"
_PORT = pattern(r"^([^/:]+):\d+/")


class PushedFile(NamedTuple):
    """A file or folder in a pushed working tree; `path` is empty for its top."""

    tree: str
    path: str


def is_pushed(place: str | None) -> bool:
    """Whether a folder or file was named by a laptop that pushed it."""
    return place is not None and place.startswith((_TREE, _FILE))


def keyed_name(key: bytes, text: str) -> str:
    """Sixteen hexadecimal digits that stand for a text: equal for equal texts, without the key
    nothing else."""
    return f"{siphash(key, text.encode('utf-8', 'surrogatepass')):016x}"


def hidden(key: bytes, text: str) -> str:
    """What stands in the place of a value that does not leave."""
    return f"{_HIDDEN}{keyed_name(key, text)}"


def tree_name(key: bytes, top: str, address: str) -> str:
    """The name of the working tree at `top`; `address` is empty where its repository has none."""
    return f"{_TREE}{keyed_name(key, top)}@{address}"


def file_name(key: bytes, path: str) -> str:
    """The name of a file outside every repository."""
    return f"{_FILE}{keyed_name(key, path)}"


def name_within(tree: str, path: str) -> str:
    """The name of what lies at `path` in a working tree."""
    return f"{tree}{_INSIDE}{path}"


def pushed_file(place: str) -> PushedFile | None:
    """The working tree and the path that a name tells; None for what lies outside."""
    if not place.startswith(_TREE):
        return None
    tree, _, path = place.partition(_INSIDE)
    return PushedFile(tree, path)


def address_of(tree: str) -> str:
    """The address of the repository of a working tree; empty where none was told."""
    return tree.partition("@")[2]


def written(remote: str) -> set[str]:
    """How an address may be written plainly, lower case; empty for a path of a machine.

    Without its scheme, what follows a host may be a port or the beginning of the path: both ways
    of reading it are there.
    """
    found = set()
    for text in (remote, _PORT.sub(r"\1/", remote)):
        with suppress(UsageError, ValueError):
            found.add(plain_address(text).lower())
    return found


def names_of(key: bytes, remotes: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Repository by each of the names that its address may be pushed under.

    `remotes` are pairs of address and repository; the first of two repositories counts.
    """
    found: dict[str, str] = {}
    for remote, repository in remotes:
        for name in (hidden(key, remote), *sorted(written(remote))):
            found.setdefault(name, repository)
    return found


def repository_at(names: dict[str, str], address: str) -> str | None:
    """The repository that a pushed address is of, by what `names_of` tells."""
    for name in (address, *sorted(written(address))):
        if name in names:
            return names[name]
    return None
