"""What each release introduced."""

from __future__ import annotations

from collections.abc import Sequence

from landed.metrics import Facts, Workbench
from landed.reports.model import ReleasePart, Releases
from landed.reports.tallies import Rows, authored, range_of


def releases_of(bench: Workbench, facts: Sequence[Facts], pattern: str | None) -> Releases:
    """Every chosen release of every repository in order, then what is in none yet."""
    introduced: dict[tuple[str, int], Rows] = {}
    for row in bench.rows("lines_by_release"):
        introduced.setdefault((row["repository"], row["position"]), []).append(row)
    parts = []
    for repository in facts:
        for older, newer in repository.releases.pairs():
            rows = introduced.get((repository.window.repository, newer.position), [])
            parts.append(
                ReleasePart(
                    repository=repository.window.name,
                    tag=newer.tag,
                    previous=older.tag if older is not None else None,
                    released_at=newer.released_at,
                    beside_main_line=newer.beside,
                    introduced=sum(row["lines"] for row in rows),
                    ai=range_of(rows),
                    authorship=authored(rows),
                )
            )
    tags = sum(repository.tags for repository in facts)
    return Releases(pattern, tags, _note(tags, pattern, parts), parts)


def _note(tags: int, pattern: str | None, parts: list[ReleasePart]) -> str:
    if not tags:
        return "no tags: nothing can be said by release"
    if pattern is not None:
        return f"all tags that match {pattern}"
    if not parts:
        return f"{tags:,} tags, of which none looks like a final version: choose with --releases"
    return f"the newest tags that look like final versions, of {tags:,}; choose with --releases"
