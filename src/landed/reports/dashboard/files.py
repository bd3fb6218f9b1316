"""The files of a repository: its folders, and what is known of the lines of each file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from landed.reports.dashboard.look import Look, Row, statement

Order = Literal["name", "alive", "ai", "ai_share", "landed", "rework_share"]
_ORDERS: dict[str, str] = {
    "name": "folder is null, lower(name)",
    "alive": "alive",
    "ai": "ai",
    "ai_share": "ai_share",
    "landed": "landed",
    "rework_share": "rework_share",
}
_PAGE = "select * from ({files}) as entry order by {order}, name, path limit $rows offset $skipped"
_COUNT = "select count(*) as entries from ({files}) as entry"


@dataclass(frozen=True)
class Entry:
    """A file, or a folder with the sums of its files; `path` is null for a folder.

    `ai` counts declared lines too; `reworked` of the lines that `landed` left again within the
    window for rework.
    """

    folder: str | None
    path: str | None
    name: str
    files: int
    alive: int
    ai: int
    ai_declared: int
    human: int
    automation: int
    landed: int
    reworked: int

    @property
    def ai_share(self) -> float | None:
        """AI's share of its lines, declared ones among them."""
        return self.ai / self.alive if self.alive else None

    @property
    def ai_share_without_declared(self) -> float | None:
        """The same without those of which only the commit says so."""
        return (self.ai - self.ai_declared) / self.alive if self.alive else None

    @property
    def rework_share(self) -> float | None:
        """The share of the lines that landed which were reworked."""
        return self.reworked / self.landed if self.landed else None


def count_entries(look: Look, repository: str, folder: str = "", search: str = "") -> int:
    """How many files and folders stand directly in a folder, or files below it match a search.

    `folder` is empty for the top, else ends with a slash.
    """
    sql = _COUNT.format(files=statement("files"))
    rows = look.rollups.answer(sql, ("file",), _parameters(repository, folder, search))
    return int(rows["entries"][0].as_py())


def entries_of(
    look: Look,
    repository: str,
    folder: str = "",
    search: str = "",
    *,
    order: str = "ai",
    descending: bool = True,
    skipped: int = 0,
    rows: int = 50,
) -> list[Entry]:
    """Those entries of `count_entries`, from the one after `skipped` others, at most `rows`.

    `order` is one of `Order`; entries without a value come last either way.
    """
    direction = "desc" if descending else "asc"
    terms = [f"{term} {direction} nulls last" for term in _ORDERS[order].split(", ")]
    if order == "name":
        terms[0] = "folder is null"  # folders first, whichever way
    sql = _PAGE.format(files=statement("files"), order=", ".join(terms))
    given = _parameters(repository, folder, search) | {"rows": rows, "skipped": skipped}
    return [_entry(row) for row in look.rollups.answer(sql, ("file",), given).to_pylist()]


def file_of(look: Look, repository: str, path: str) -> Entry | None:
    """One file by its path as text; None where no line of it is known."""
    sql = (
        "select cast(null as varchar) as folder, path, path as name, 1 as files, alive, ai,"
        " ai_declared, human, automation, landed, reworked"
        " from file where repository = $own and path = $path"
    )
    given = {"own": repository, "path": path}
    rows = look.rollups.answer(sql, ("file",), given).to_pylist()
    return _entry(rows[0]) if rows else None


def _parameters(repository: str, folder: str, search: str) -> dict[str, object]:
    return {"own": repository, "folder": folder, "search": search}


def _entry(row: Row) -> Entry:
    return Entry(**{name: row[name] for name in Entry.__dataclass_fields__})
