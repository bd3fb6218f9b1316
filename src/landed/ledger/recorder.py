"""What mining writes down: births, removals, layout links and problems, in batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from landed.ledger.births import Births
from landed.ledger.hashing import LineHasher
from landed.ledger.marks import Marks
from landed.ledger.tree import LineIds

_BATCH_ROWS = 200_000


class Problems:
    """Counts what could not be read, by kind and by what it concerns."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._details: dict[tuple[str, str], str] = {}

    def add(self, kind: str, subject: str, detail: str, count: int = 1) -> None:
        """Count one more problem (or `count`) of this kind with this subject."""
        self._counts[kind, subject] += count
        self._details.setdefault((kind, subject), detail)

    def rows(self, source: str) -> list[dict[str, object]]:
        """Return the rows of the table `problem` without their repository."""
        return [
            {
                "source": source,
                "kind": kind,
                "subject": subject,
                "count": count,
                "detail": self._details[kind, subject],
            }
            for (kind, subject), count in sorted(self._counts.items())
        ]


class Segments:
    """Tables staged on disk while mining runs: one Parquet file a batch, outside of the store."""

    def __init__(self, directory: Path):
        """Stage in `directory`, which must exist."""
        self._directory = directory
        self._files: dict[str, list[Path]] = {}

    def write(self, name: str, table: pa.Table) -> None:
        """Stage one batch of the table `name`."""
        if not table.num_rows:
            return
        files = self._files.setdefault(name, [])
        path = self._directory / f"{name}-{len(files):06}.parquet"
        # Hashes do not repeat: looking for repetitions would cost more than it saves.
        pq.write_table(table, path, compression="lz4", use_dictionary=False, write_statistics=False)
        files.append(path)

    def batches(self, name: str) -> list[Path]:
        """Return the files staged for the table `name`, in order."""
        return self._files.get(name, [])


class Recorder:
    """Collects the facts of mining. Paths are numbered in the order in which they appear."""

    def __init__(
        self,
        hasher: LineHasher,
        segments: Segments,
        paths: Sequence[bytes],
        first_line: int,
        first_removal: int,
    ):
        """Go on after `paths`, line id `first_line` and removal number `first_removal`."""
        self.segments = segments
        self.births = Births(hasher, lambda table: segments.write("line", table), first_line)
        self.problems = Problems()
        self.marks = Marks()
        self.paths: dict[bytes, int] = {path: index for index, path in enumerate(paths)}
        self.known_paths = len(self.paths)
        self.next_removal = first_removal
        self._removed: list[tuple[int, int, int, LineIds]] = []
        self._removed_rows = 0
        self._links: list[tuple[int, int, int, bool]] = []

    def path(self, path: bytes) -> int:
        """Return the number of a path."""
        return self.paths.setdefault(path, len(self.paths))

    def removed(self, commit: int, path: int, start: int, lines: LineIds) -> None:
        """Record that a commit removed consecutive lines, the first numbered `start` before."""
        self._removed.append((commit, path, start, lines.copy()))
        self._removed_rows += len(lines)
        if self._removed_rows >= _BATCH_ROWS:
            self._flush_removed()

    def linked(self, line: int, predecessor: int, rank: int, *, indent: bool) -> None:
        """Record that a line is an older one laid out anew."""
        self._links.append((line, predecessor, rank, indent))
        if len(self._links) >= _BATCH_ROWS:
            self._flush_links()

    def flush(self) -> None:
        """Stage everything recorded so far."""
        self.births.flush()
        self._flush_removed()
        self._flush_links()

    def _flush_removed(self) -> None:
        if not self._removed:
            return
        runs = np.array([row[:3] for row in self._removed], dtype=np.int64)
        counts = np.array([len(row[3]) for row in self._removed])
        total = int(counts.sum())
        offsets = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
        first = self.next_removal
        self.next_removal += total
        self.segments.write(
            "removal",
            pa.table(
                {
                    "sequence": np.arange(first, first + total, dtype=np.int32),
                    "line": np.concatenate([row[3] for row in self._removed]),
                    "commit_index": np.repeat(runs[:, 0], counts).astype(np.int32),
                    "path_index": np.repeat(runs[:, 1], counts).astype(np.int32),
                    "line_number": (np.repeat(runs[:, 2], counts) + offsets).astype(np.int32),
                }
            ),
        )
        self._removed.clear()
        self._removed_rows = 0

    def _flush_links(self) -> None:
        if not self._links:
            return
        rows = np.array(self._links, dtype=np.int64)
        self.segments.write(
            "line_link",
            pa.table(
                {
                    "line": rows[:, 0].astype(np.int32),
                    "predecessor": rows[:, 1].astype(np.int32),
                    "rule": np.where(rows[:, 3] == 1, "indent", "format"),
                    "rank": rows[:, 2].astype(np.int16),
                }
            ),
        )
        self._links.clear()
