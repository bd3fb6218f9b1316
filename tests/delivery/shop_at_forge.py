"""A repository and what a forge tells of it, read as a run reads both."""

from __future__ import annotations

from tests.attribution.generated.sessions import World
from tests.delivery.forge_rows import ForgeRows
from tests.histories.builder import ANA, lines

from landed.attribution.sessions.people import find_people, write_people
from landed.delivery.evidence import ChangeEvidence, note_change_evidence
from landed.delivery.identities import match_logins

MAIN, BRANCH = lines("import cart"), lines("import cart", "total = 0", "count = 1")
FIX = lines("import cart", "total = 0", "count = 1", "print(total)")


class Shop(World):
    """A repository and what a forge tells of it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.forge = ForgeRows()
        self.first = self.write(MAIN)

    def write(self, text: str, by: tuple[str, str] = ANA, message: str = "Change") -> str:
        """Commit a text of cart.py on the branch that is checked out."""
        self.trees["/home/ana/shop"] = {"cart.py": text}
        return self.commit(message, author=by)

    def branch(self, name: str = "feature") -> None:
        """Go on on a new branch of the first commit."""
        self.history.branch(name, self.first)

    def note(self) -> ChangeEvidence:
        """Read the repository, take in what the forge tells, and decide."""
        self.read()
        with self.store() as store:
            self.forge.write(store, self.repository)
            write_people(store, find_people(store, self.settings, {}))
            match_logins(store, self.settings)
            return note_change_evidence(store, self.repository, self.settings)

    def said(self) -> list[tuple[str, str, str, str]]:
        """(commit, who, grade, rule) of every statement by changes."""
        commits = {row["commit_index"]: row["commit"] for row in self.rows("commit")}
        return [
            (commits[row["commit_index"]], row["who"], row["grade"], row["rule"])
            for row in self.rows("evidence")
            if row["source"] == "change"
        ]

    def grades(self) -> dict[str, str]:
        """Grade of the statements by commit."""
        return {commit: grade for commit, _, grade, _ in self.said()}
