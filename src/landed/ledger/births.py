"""Births of lines, collected in columns and handed on in batches so that memory stays small."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from landed.ledger.hashing import LineHasher
from landed.ledger.tree import LineIds

_BATCH_LINES = 50_000


class Births:
    """Gives out line ids and records what they stand for.

    Ids are consecutive from `first`. Each batch of finished rows goes to `write` as an Arrow
    table with the columns of `line` except `repository`.
    """

    def __init__(self, hasher: LineHasher, write: Callable[[pa.Table], None], first: int = 0):
        """Begin with id `first`; hash the lines' text with `hasher`."""
        self._hasher = hasher
        self._write = write
        self.next_id = first
        self.first = first
        self._runs: list[tuple[int, int, int, int, int]] = []
        self._texts: list[bytes] = []
        self._copies: list[tuple[LineIds, LineIds]] = []
        self.origin_of: dict[int, int] = {}

    def add(self, commit: int, path: int, start: int, texts: Sequence[bytes]) -> LineIds:
        """Record consecutive new lines of a file, numbered from `start`; return their ids."""
        count = len(texts)
        first = self.next_id
        self.next_id += count
        self._runs.append((first, commit, path, start, count))
        self._texts.extend(texts)
        if len(self._texts) >= _BATCH_LINES:
            self.flush()
        return np.arange(first, first + count, dtype=np.int32)

    def duplicate(self, lines: LineIds) -> LineIds:
        """Give new ids to lines that stand in a second place; their births are their origins'."""
        first = self.next_id
        self.next_id += len(lines)
        copies = np.arange(first, self.next_id, dtype=np.int32)
        origins = np.array(
            [self.origin_of.get(line, line) for line in lines.tolist()], dtype=np.int32
        )
        self.origin_of.update(zip(copies.tolist(), origins.tolist(), strict=True))
        self._copies.append((copies, origins))
        return copies

    def flush(self) -> None:
        """Hand on everything recorded so far."""
        if not self._runs:
            return
        runs = np.array(self._runs, dtype=np.int64)
        counts = runs[:, 4]
        total = int(counts.sum())
        offsets = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
        texts, tokens, trivial = self._hasher.hash_lines(self._texts)
        columns = [np.repeat(runs[:, column], counts) for column in range(4)]
        self._write(
            pa.table(
                {
                    "line": (columns[0] + offsets).astype(np.int32),
                    "commit_index": columns[1].astype(np.int32),
                    "path_index": columns[2].astype(np.int32),
                    "line_number": (columns[3] + offsets).astype(np.int32),
                    "text_hash": texts,
                    "token_hash": tokens,
                    "trivial": trivial,
                    "origin_line": pa.nulls(total, pa.int32()),
                }
            )
        )
        self._runs.clear()
        self._texts.clear()

    def copies(self) -> pa.Table:
        """Return the lines that duplicate others: columns `line` and `origin_line`."""
        lines = [pair[0] for pair in self._copies]
        origins = [pair[1] for pair in self._copies]
        empty = np.empty(0, dtype=np.int32)
        return pa.table(
            {
                "line": np.concatenate([empty, *lines]),
                "origin_line": np.concatenate([empty, *origins]),
            }
        )
