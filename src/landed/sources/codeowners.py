"""CODEOWNERS files, as GitHub and GitLab define them: who owns which paths of a repository.

The two agree on much and differ in this:

| | GitHub | GitLab |
|---|---|---|
| a pattern such as `docs/x` | from the top | in every folder |
| a pattern such as `/docs` | the file, or all in the folder | the file |
| `[a-z]` | is an error | is a range of characters |
| `!path` | is an error | takes paths out of the section |
| `[Name][2] @owner`, `^[Name]` | is an error | begins a section, with owners for all in it |
| ` # words` behind owners | are a comment | are not; owners named there count |

https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
https://docs.gitlab.com/user/project/codeowners/reference/
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from landed.sources.codeowners_patterns import expression

Dialect = Literal["github", "gitlab"]
"""Whose rules a file follows."""

PLACES: Mapping[Dialect | None, tuple[str, ...]] = {
    "github": (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    "gitlab": ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
    None: (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
}
"""Where the file is looked for, by forge (null = not known); the first that is there counts."""

MOST_BYTES = 3 * 1024 * 1024
"""GitHub reads no file that is larger."""
MOST_RULES = 20_000
"""Lines beyond so many are left out and counted."""

_HEADING = re.compile(
    r"(?P<optional>\^)?\[(?P<name>[^\]]*)\](?:\[(?P<approvals>\d*)\])?(?:\s+(?P<owners>.*))?\Z"
)
_PATTERN = re.compile(r"(?:\\.|\S)+")
_OWNER: Mapping[Dialect, re.Pattern[str]] = {
    "github": re.compile(r"@[\w.-]+(?:/[\w.-]+)?\Z|[^@\s]+@[^@\s]+\Z", re.ASCII),
    "gitlab": re.compile(r"@@?[\w.-]+(?:/[\w.-]+)*\Z|[^@\s]+@[^@\s]+\Z", re.ASCII),
}


@dataclass(frozen=True)
class OwnerRule:
    """One line of the file: a pattern and who owns what it matches; nobody where `owners` is empty.

    `section` is null before the first heading; `optional`: the section's owners need not approve.
    An `excluded` pattern takes what it matches out of its section. Owners stand as written:
    `@org/team`, `@login`, `@@role` or an e-mail address.
    """

    pattern: str
    owners: tuple[str, ...]
    section: str | None = None
    optional: bool = False
    excluded: bool = False


@dataclass(frozen=True)
class OwnersFile:
    """What a CODEOWNERS file says; `faults` counts the lines that say nothing, by why."""

    dialect: Dialect
    rules: tuple[OwnerRule, ...]
    faults: Mapping[str, int] = field(default_factory=dict)


FAULTS = {
    "too-large": "The file is larger than 3 MB: no forge reads it, and neither do we.",
    "bad-pattern": "Lines whose pattern no path can match, or that the forge does not allow.",
    "bad-owner": "Owners that are neither @name, @organisation/team nor an e-mail address.",
    "bad-section": "Headings of sections without a name; their lines stand in the section before.",
    "too-many-rules": f"Lines beyond the first {MOST_RULES:,} rules; left out.",
}
"""What can be wrong with a file, in words for people."""


def read_owners(content: bytes, dialect: Dialect | None, place: str) -> OwnersFile:
    """Return what the CODEOWNERS file at `place` says.

    Where `dialect` is null, the place tells, else whether there are sections. Patterns with bytes
    that are no UTF-8 match nothing.
    """
    if len(content) > MOST_BYTES:
        return OwnersFile(dialect or "github", (), {"too-large": 1})
    lines = content.decode("utf-8", "replace").removeprefix("\ufeff").split("\n")
    told = [stripped for line in lines if (stripped := line.strip()) and stripped[0] != "#"]
    reader = _Reader(dialect or _dialect_of(place, told))
    for line in told:
        reader.take(line)
    return OwnersFile(reader.dialect, reader.settled(), dict(reader.faults))


def _dialect_of(place: str, lines: Sequence[str]) -> Dialect:
    if place.startswith(".github/"):
        return "github"
    if place.startswith(".gitlab/") or any(_HEADING.match(line) for line in lines):
        return "gitlab"
    return "github"


class _Reader:
    """Reads lines one after the other."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.faults: Counter[str] = Counter()
        self._rules: list[OwnerRule] = []
        self._section: str | None = None
        self._optional: dict[str | None, bool] = {None: False}
        self._names: dict[str, str] = {}
        self._owners: tuple[str, ...] = ()

    def take(self, line: str) -> None:
        """Read one line that is no comment."""
        if self.dialect == "gitlab" and (heading := _HEADING.match(line)):
            self._begin(heading)
        elif len(self._rules) >= MOST_RULES:
            self.faults["too-many-rules"] += 1
        else:
            self._add(line)

    def settled(self) -> tuple[OwnerRule, ...]:
        """The rules; a section is optional only where all its headings say so."""
        return tuple(replace(rule, optional=self._optional[rule.section]) for rule in self._rules)

    def _begin(self, heading: re.Match[str]) -> None:
        name = heading["name"].strip()
        if not name:
            self.faults["bad-section"] += 1
            return
        self._section = self._names.setdefault(name.lower(), name)
        optional = heading["optional"] is not None
        self._optional[self._section] = self._optional.get(self._section, True) and optional
        self._owners = self._named((heading["owners"] or "").split())

    def _add(self, line: str) -> None:
        found = _PATTERN.match(line)
        pattern = found[0] if found else ""
        rest = line[len(pattern) :].split()
        excluded = self.dialect == "gitlab" and pattern.startswith("!")
        pattern = pattern[1:] if excluded else pattern
        if expression(pattern, self.dialect) is None:
            self.faults["bad-pattern"] += 1
            return
        if excluded:
            self._rules.append(OwnerRule(pattern, (), self._section, excluded=True))
            return
        before = self.faults["bad-owner"]
        owners = self._named(rest)
        if self.dialect == "github" and self.faults["bad-owner"] > before:
            # GitHub skips such a line as a whole; GitLab only the owners that it cannot read
            return
        self._rules.append(OwnerRule(pattern, owners or self._owners, self._section))

    def _named(self, words: Sequence[str]) -> tuple[str, ...]:
        """The owners among these words."""
        found: dict[str, None] = {}
        comment = False
        for word in words:
            comment = comment or word.startswith("#")
            if comment and self.dialect == "github":
                break
            if _OWNER[self.dialect].match(word):
                found[word] = None
            elif not comment:
                self.faults["bad-owner"] += 1
        return tuple(found)
