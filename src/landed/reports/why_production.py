"""When a line was in production: each of its stays in what was deployed, place by place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.config import Settings
from landed.journey import Deployments, read_deployments
from landed.journey.columns import Flags, flags, integers
from landed.journey.history import History
from landed.journey.statements import statement
from landed.journey.stays import Stays, read_stays
from landed.reports.why_lineage import Lineage
from landed.store import Store


@dataclass(frozen=True)
class DeploymentShown:
    """A deployment: when it succeeded, what of (the release tag, else its ref), and its kind.

    `kind` is first, forward, rollback, redeploy, hotfix or unknown.
    """

    deployment: str
    commit: str
    ref: str | None
    at: datetime
    kind: str


@dataclass(frozen=True)
class ProductionStay:
    """One stay in production; `ended` is the deployment without the line, null while it lasts."""

    environment: str
    service: str | None
    begun: DeploymentShown
    ended: DeploymentShown | None


def production_of_line(
    store: Store, settings: Settings, history: History, branch: str, lineage: Lineage
) -> tuple[ProductionStay, ...] | None:
    """Return the stays of a line's lineage in production, in order of time.

    None where no deployment tells what production is.
    """
    deployments = read_deployments(store, settings, history)
    if not deployments.tell:
        return None
    rows = deployments.effective
    stays = read_stays(store, history, branch, lineage.carriers).by(history.last_step)
    asked = {"repository": history.repository}
    lines = {"asked": pa.table({"line": lineage.carriers.line})}
    off_main = rows.filter(pc.invert(rows["on_mainline"]))["commit"].unique().to_pylist()
    differing = store.query(
        statement("deployed_lines"), asked | {"commits": off_main}, beside=lines
    )
    paths = store.query(statement("present_paths"), asked, beside=lines)
    found: list[tuple[dict[str, Any], dict[str, Any] | None]] = []
    for stream in rows["stream"].unique().to_pylist():
        own = rows.filter(pc.equal(rows["stream"], stream))
        there = np.zeros(own.num_rows, dtype=np.bool_)
        for line, path in zip(integers(paths, "line"), paths["path"].to_pylist(), strict=True):
            if _covered(deployments, own, path):
                there |= _holding(own, int(line), stays, differing)
        found += _runs(own, there)
    names = _refs(store, history.repository, [row for pair in found for row in pair if row])
    return tuple(
        ProductionStay(
            begun["environment"],
            begun["service"],
            _shown(begun, names),
            None if ended is None else _shown(ended, names),
        )
        for begun, ended in sorted(found, key=lambda pair: (pair[0]["at"], pair[0]["stream"]))
    )


def _covered(deployments: Deployments, stream: pa.Table, path: str) -> bool:
    return deployments.services.covers(stream["service"][0].as_py(), path)


def _holding(stream: pa.Table, line: int, stays: Stays, differing: pa.Table) -> Flags:
    """Whether each deployment of a stream holds a line, by its base or by how its tree differs."""
    base = integers(stream, "base_step")
    own = stays.take(stays.line == line)
    held = np.zeros(len(base), dtype=np.bool_)
    for entered, left in zip(own.entered, own.left, strict=True):
        held |= (entered <= base) & (base < left)
    differs = differing.filter(pc.equal(differing["line"], pa.scalar(line, pa.int32())))
    place = pc.index_in(stream["commit"], value_set=differs["commit"].combine_chunks())
    told = np.asarray(place.combine_chunks().fill_null(-1))
    beside = told >= 0
    held[beside] = flags(differs, "present")[told[beside]]
    return held


def _runs(stream: pa.Table, there: Flags) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    """The deployments with which each run of presence begins, and the ones that end it."""
    before = np.append(False, there[:-1])
    begins, ends = np.flatnonzero(there & ~before), np.flatnonzero(~there & before)
    rows = stream.to_pylist()
    after = [rows[place] for place in ends.tolist()]
    return [
        (rows[place], after[number] if number < len(after) else None)
        for number, place in enumerate(begins.tolist())
    ]


def _refs(
    store: Store, repository: str, rows: Sequence[dict[str, Any]]
) -> dict[tuple[str, str], str | None]:
    sql = resources.files("landed.reports").joinpath("why_deployments.sql").read_text("utf-8")
    wanted = sorted({row["deployment"] for row in rows})
    found = store.query(sql, {"repository": repository, "deployments": wanted}).to_pylist()
    return {(row["project"], row["deployment"]): row["ref"] for row in found}


def _shown(row: dict[str, Any], refs: dict[tuple[str, str], str | None]) -> DeploymentShown:
    return DeploymentShown(
        row["deployment"],
        row["commit"],
        refs.get((row["project"], row["deployment"])),
        row["at"],
        row["kind"],
    )
