"""Who owns a path, by the rules of a CODEOWNERS file: the last rule of a section that matches."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from landed.sources.codeowners import Dialect, OwnerRule
from landed.sources.codeowners_patterns import beginning, expression

_NONE = -1


class CodeOwners:
    """The owners of paths.

    `-1` as a position of a rule, for none, picks the end of arrays by rule: nobody stands there.
    """

    def __init__(
        self, rules: Sequence[OwnerRule], dialect: Dialect, teams: Sequence[str | None]
    ) -> None:
        """Know these rules, in the order of the file, and for each the team among its owners."""
        self._rules = rules
        self._dialect = dialect
        self._teams = teams

    def owning_team(self, path: str) -> str | None:
        """The team that owns one path; null where none does."""
        return self.owning_teams([path])[0]

    def owning_teams(self, paths: Sequence[str]) -> list[str | None]:
        """The team that owns each path; null where none does.

        Of several sections the last one counts that names a team and whose owners have to approve,
        else the last that names one.
        """
        found = np.full(len(paths), _NONE)
        named = np.array([*(team is not None for team in self._teams), False])
        for deciding in self._deciding(paths):
            found = np.where(named[deciding], deciding, found)
        return [None if rule == _NONE else self._teams[rule] for rule in found.tolist()]

    def owned(self, paths: Sequence[str]) -> list[bool]:
        """Whether each path has any owner: a team, or somebody."""
        found = np.zeros(len(paths), dtype=np.bool_)
        owners = np.array([*(bool(rule.owners) for rule in self._rules), False])
        for deciding in self._deciding(paths):
            found |= owners[deciding]
        owned: list[bool] = found.tolist()
        return owned

    def _deciding(self, paths: Sequence[str]) -> list[npt.NDArray[np.int64]]:
        """The rule that decides about each path in each section, -1 for none.

        Sections that are optional come first, then in the order of the file.
        """
        sections: dict[tuple[bool, str | None], list[int]] = {}
        for place, rule in enumerate(self._rules):
            sections.setdefault((not rule.optional, rule.section), []).append(place)
        told = sorted(sections, key=lambda section: section[0])
        order = sorted(range(len(paths)), key=paths.__getitem__)
        ordered = _Ordered([paths[place] for place in order])
        found = []
        for section in told:
            decided = np.full(len(paths), _NONE)
            decided[order] = self._decided(sections[section], ordered)
            found.append(decided)
        return found

    def _decided(self, places: Sequence[int], paths: _Ordered) -> npt.NDArray[np.int64]:
        found = np.full(len(paths.texts), _NONE)
        excluded = np.zeros(len(paths.texts), dtype=np.bool_)
        for place in places:
            rule = self._rules[place]
            first, matches = paths.matching(rule.pattern, self._dialect)
            within = slice(first, first + len(matches))
            if rule.excluded:
                excluded[within] |= matches
            else:
                found[within][matches] = place
        found[excluded] = _NONE
        return found


class _Ordered:
    """Paths in order, so that a pattern with a beginning need not look at all of them."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self._array = pa.array(texts, pa.string())

    def matching(self, pattern: str, dialect: Dialect) -> tuple[int, npt.NDArray[np.bool_]]:
        """The position of the first path that is looked at; of each from there if it matches."""
        start = beginning(pattern, dialect)
        first = bisect_left(self.texts, start)
        last = bisect_right(self.texts, start, key=lambda text: text[: len(start)])
        found = expression(pattern, dialect)
        if first >= last or found is None:
            return first, np.zeros(0, dtype=np.bool_)
        looked_at = self._array.slice(first, last - first)
        matches = pc.match_substring_regex(looked_at, found).to_numpy(zero_copy_only=False)
        return first, matches
