"""What the ledger costs, beside git itself on the same history and in the same run.

    python benchmarks/ledger.py PATH [--runs N] [--blame-files N] [--json]

CPU seconds are user and system time with all children; memory is the high-water mark of resident
pages. Nothing is written to PATH or to the user's data directory. Read README.md beside this file
before quoting a figure.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from landed.sources.git.process import neutral_environment

EMPTY_TREES = (
    "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
)
SAMPLING_SECONDS = 0.05
SEED = 0


@dataclass
class Cost:
    """What one command took.

    `cpu` and `wall` are seconds; `python_mb` and `git_mb` the largest resident size that one
    process of each kind reached, in MB, 0 where the system does not tell.
    """

    cpu: float
    wall: float
    python_mb: float = 0.0
    git_mb: float = 0.0


@dataclass
class Row:
    """One line of the table: the median of several runs, and its relation to the floor."""

    what: str
    cpu: float
    wall: float
    to_floor: float | None
    python_mb: float
    git_mb: float
    note: str = ""


@dataclass
class Findings:
    """Everything one invocation measured."""

    repository: str
    commits: int
    runs: int
    system: dict[str, str | float]
    rows: list[Row] = field(default_factory=list)


class MemoryWatch:
    """Follows the resident size of a process and its children until it ends (Linux only).

    The numbers that wait4 gives are no use here: a child's begins at the size of the process
    that started it.
    """

    def __init__(self, process: int) -> None:
        """Begin to watch."""
        self.largest = {"python": 0.0, "git": 0.0}
        self._process = process
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Stop watching."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(SAMPLING_SECONDS):
            for process in _family(self._process):
                kind, size = _resident(process)
                if kind in self.largest:
                    self.largest[kind] = max(self.largest[kind], size)


def _family(process: int) -> Iterator[int]:
    yield process
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _resident(process: int) -> tuple[str, float]:
    try:
        rows = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return "", 0.0
    status = dict(row.split(":", 1) for row in rows if ":" in row)
    kind = "git" if status.get("Name", "").strip().startswith("git") else "python"
    return kind, int(status.get("VmHWM", "0 kB").split()[0]) / 1024


def measure(
    command: Sequence[str], *, directory: Path, environment: Mapping[str, str], accept: int = 0
) -> Cost:
    """Run a command to its end, its output thrown away.

    Raises RuntimeError where the exit code is not `accept`.
    """
    with tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        watch = MemoryWatch(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        watch.finish()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != accept:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said}")
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(cpu, wall, watch.largest["python"], watch.largest["git"])


class Bench:
    """The repository, a place to work, and how each of the measured things is run."""

    def __init__(self, repository: Path, directory: Path, new_commits: int) -> None:
        """Prepare; `directory` is empty and ours."""
        self.repository = repository
        self.directory = directory
        self._environment = {
            **os.environ,
            "LANDED_KEY": "00" * 16,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        (directory / "landed.toml").write_text("")
        self._short = directory / "short.git"
        self.new_commits = self._clone_short(new_commits)

    def git(self, *arguments: str, at: Path | None = None) -> str:
        """Run git in the repository (or `at`) and return what it prints."""
        return subprocess.run(
            ["git", "-C", str(at or self.repository), *arguments],
            env=_git_environment(),
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=True,
        ).stdout

    def _clone_short(self, wanted: int) -> int:
        """Clone the repository with its main line cut short; return how many commits are new."""
        self.git("clone", "--quiet", "--mirror", "--shared", ".", str(self._short))
        here = self._short
        self._branch = self.git("symbolic-ref", "HEAD", at=here).strip()
        self._tip = self.git("rev-parse", self._branch, at=here).strip()
        chain = self.git("rev-list", "--first-parent", self._tip, at=here).split()
        low, high = 0, len(chain) - 1
        while low < high:
            middle = (low + high) // 2
            if self._count_between(chain[middle]) >= wanted:
                high = middle
            else:
                low = middle + 1
        self._earlier = chain[low]
        refs = self.git("for-each-ref", "--format=%(refname)", at=here).split("\n")[:-1]
        merged = self.git(
            "for-each-ref", "--format=%(refname)", "--merged", self._earlier, "refs/tags", at=here
        ).split("\n")
        for ref in {*refs} - {*merged, self._branch}:
            if ref.startswith(("refs/heads/", "refs/remotes/", "refs/tags/")):
                self.git("update-ref", "-d", ref, at=here)
        return self._count_between(self._earlier)

    def _count_between(self, earlier: str) -> int:
        count = self.git("rev-list", "--count", f"{earlier}..{self._tip}", at=self._short)
        return int(count)

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """An empty workspace, removed afterwards."""
        workspace = Path(tempfile.mkdtemp(prefix="workspace-", dir=self.directory))
        try:
            yield workspace
        finally:
            shutil.rmtree(workspace)

    def sync(self, workspace: Path, repository: Path | None = None) -> Cost:
        """Everything that `landed sync` does."""
        options = ["--config", str(self.directory / "landed.toml"), "--workspace", str(workspace)]
        target = str(repository or self.repository)
        return self._python("-m", "landed", *options, "sync", target)

    def ledger_only(self, workspace: Path) -> Cost:
        """The ledger alone, in a fresh process: no evidence, no lineages."""
        return self._python(
            str(Path(__file__).resolve()), str(self.repository), "--ledger-into", str(workspace)
        )

    def new_on_top(self, workspace: Path) -> Cost:
        """A second sync after the main line has grown."""
        self.git("update-ref", self._branch, self._earlier, at=self._short)
        self.sync(workspace, self._short)
        self.git("update-ref", self._branch, self._tip, at=self._short)
        return self.sync(workspace, self._short)

    def floor(self) -> Cost:
        """`git log -p`: reading every difference once is the least that any ledger must do."""
        try:
            return self._git_cost("log", "-p", "-U0", "-M", "--branches", "--tags", "--remotes")
        except RuntimeError as error:
            # where an object is missing git log stops, and Landed goes on
            raise RuntimeError(f"{error}\nThere is no floor: measure a whole clone.") from error

    def blame_of_tip(self, files: int) -> tuple[Cost, str]:
        """`git blame` of a sample of files, scaled to all text files by their lines."""
        lines = self._lines_at_tip()
        chosen = random.Random(SEED).sample(sorted(lines), min(files, len(lines)))
        cpu = wall = memory = 0.0
        for path in chosen:
            cost = self._git_cost("blame", "--porcelain", self._tip, "--", path)
            cpu += cost.cpu
            wall += cost.wall
            memory = max(memory, cost.git_mb)
        total, sampled = sum(lines.values()), sum(lines[path] for path in chosen)
        scale = total / sampled if sampled else 0.0
        note = f"{len(chosen):,} of {len(lines):,} files, scaled by lines"
        return Cost(cpu * scale, wall * scale, 0.0, memory), note

    def _lines_at_tip(self) -> dict[str, int]:
        empty = EMPTY_TREES[0] if len(self._tip) == 40 else EMPTY_TREES[1]
        rows = self.git("diff", "--numstat", "--no-renames", "-z", empty, self._tip).split("\0")
        counted = (row.split("\t", 2) for row in rows if row)
        return {path: int(added) for added, _, path in counted if added not in ("-", "0")}

    def _git_cost(self, *arguments: str) -> Cost:
        return measure(
            ["git", *arguments], directory=self.repository, environment=_git_environment()
        )

    def _python(self, *arguments: str) -> Cost:
        return measure(
            [sys.executable, *arguments], directory=self.directory, environment=self._environment
        )


def _git_environment() -> dict[str, str]:
    """The environment that Landed gives git, for a fair comparison; only fetching stays allowed."""
    environment = neutral_environment()
    del environment["GIT_ALLOW_PROTOCOL"]
    environment |= {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
    return environment


def run_benchmark(
    repository: Path, runs: int, blame_files: int, new_commits: int, tell: Callable[[str], None]
) -> Findings:
    """Measure everything `runs` times (blame once, as it is a sample already)."""
    with tempfile.TemporaryDirectory(prefix="landed-benchmark-") as name:
        tell("preparing")
        bench = Bench(repository, Path(name), new_commits)
        commits = bench.git("rev-list", "--count", "--branches", "--tags", "--remotes")
        findings = Findings(repository.name, int(commits), runs, _system())
        taken: dict[str, list[Cost]] = {}
        for run in range(1, runs + 1):
            tell(f"run {run} of {runs}")
            for what, cost in _one_round(bench, tell):
                taken.setdefault(what, []).append(cost)
        floor = statistics.median(cost.cpu for cost in taken[FLOOR])
        findings.rows = [_row(what, costs, floor) for what, costs in taken.items()]
        for row in findings.rows:
            if row.what == NEW:
                row.note = f"{bench.new_commits:,} new commits"
        if blame_files:
            tell("blaming")
            blamed, note = bench.blame_of_tip(blame_files)
            findings.rows.append(_row(BLAME, [blamed], floor, note))
    return findings


FLOOR = "git log -p -U0 -M"
LEDGER = "ledger from nothing"
SYNC = "sync from nothing"
UNCHANGED = "sync, nothing new"
NEW = "sync, new commits"
BLAME = "git blame at the tip"


def _one_round(bench: Bench, tell: Callable[[str], None]) -> Iterator[tuple[str, Cost]]:
    tell(FLOOR)
    yield FLOOR, bench.floor()
    tell(LEDGER)
    with bench.workspace() as workspace:
        yield LEDGER, bench.ledger_only(workspace)
    tell(SYNC)
    with bench.workspace() as workspace:
        yield SYNC, bench.sync(workspace)
        tell(UNCHANGED)
        yield UNCHANGED, bench.sync(workspace)
    tell(NEW)
    with bench.workspace() as workspace:
        yield NEW, bench.new_on_top(workspace)


def _row(what: str, costs: Sequence[Cost], floor: float, note: str = "") -> Row:
    cpu = statistics.median(cost.cpu for cost in costs)
    return Row(
        what=what,
        cpu=round(cpu, 2),
        wall=round(statistics.median(cost.wall for cost in costs), 2),
        to_floor=round(cpu / floor, 2) if floor and what not in (UNCHANGED, NEW) else None,
        python_mb=round(max(cost.python_mb for cost in costs)),
        git_mb=round(max(cost.git_mb for cost in costs)),
        note=note,
    )


def _system() -> dict[str, str | float]:
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout
    return {
        "python": platform.python_version(),
        "git": git.removeprefix("git version ").strip(),
        "processors": os.cpu_count() or 1,
        "load_before": round(os.getloadavg()[0], 2),
    }


def build_ledger(repository: Path, workspace: Path) -> None:
    """Build the ledger of a repository from nothing, and only that."""
    from landed.config import Settings, organisation_key
    from landed.ledger.exclusion import attribute_rows, exclusions
    from landed.ledger.planning import LedgerRequest
    from landed.ledger.update import update_ledger
    from landed.sources.git.scratch import Scratch
    from landed.store import Store

    settings = Settings(workspace=workspace)
    rules = exclusions((), ())
    request = LedgerRequest(workspace, organisation_key(settings), rules)
    with Scratch.open(repository, workspace, attribute_rows(rules)) as scratch:
        update_ledger(scratch, request, lambda: Store.for_settings(settings))


def print_findings(findings: Findings) -> None:
    """Print the table that people read."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    system = findings.system
    table = Table(
        box=SIMPLE,
        title=f"{findings.repository}: {findings.commits:,} commits, median of {findings.runs}",
        caption=f"Python {system['python']}, git {system['git']}, {system['processors']} "
        f"processors, load {system['load_before']} before",
    )
    table.add_column("")
    for name in ("CPU s", "wall s", "÷ floor", "Python MB", "git MB"):
        table.add_column(name, justify="right")
    for row in findings.rows:
        table.add_row(
            f"{row.what}\n  {row.note}" if row.note else row.what,
            f"{row.cpu:,.2f}",
            f"{row.wall:,.2f}",
            "" if row.to_floor is None else f"{row.to_floor:.2f}",
            f"{row.python_mb:,.0f}" if row.python_mb else "",
            f"{row.git_mb:,.0f}" if row.git_mb else "",
        )
    Console().print(table)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("path", type=Path, metavar="PATH", help="a git repository")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="rounds, default 3")
    parser.add_argument(
        "--blame-files", type=int, default=50, metavar="N", help="files to blame, default 50"
    )
    parser.add_argument(
        "--new-commits", type=int, default=200, metavar="N", help="at least so many, default 200"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--ledger-into", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    repository = chosen.path.resolve()
    if chosen.ledger_into is not None:
        build_ledger(repository, chosen.ledger_into)
        return
    try:
        findings = run_benchmark(
            repository,
            max(1, chosen.runs),
            max(0, chosen.blame_files),
            chosen.new_commits,
            lambda text: print(text, file=sys.stderr, flush=True),
        )
    except RuntimeError as error:
        sys.exit(str(error))
    if chosen.json:
        print(json.dumps(asdict(findings), indent=2))
    else:
        print_findings(findings)


if __name__ == "__main__":
    main()
