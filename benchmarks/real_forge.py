"""The whole report on a real repository, with a forge made from its own history.

    python -m benchmarks.real_forge REPOSITORY --name OWNER/NAME [--keep DIR] [--serve]

Pull requests, commits, releases and times are the repository's; reviews, comments, checks,
deployments, incidents and the states of unmerged requests are made up, always the same
(`real_past.py` and `real_requests.py` say how). A GitHub on loopback serves them, a git server the
repository with the branches of its requests. Then `landed sync`, `report`, `changes`, `balance` and
`sync` again run on a clone, in a home directory of their own without any agent's logs, and what
they stored is checked. REPOSITORY is only read.
With `--serve` nothing is run: it serves until it is interrupted and says how to connect.
Read README.md beside this file before quoting a figure.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.real_checks import Finding, check
from benchmarks.real_past import Past, git
from benchmarks.real_requests import MadeUp
from tests.histories.served import serve
from tests.servers.github_forge import TOKEN, GitHubServer, serving

TOKEN_VARIABLE = "REAL_FORGE_TOKEN"
MADE_UP = (
    "Pull requests, commits, releases and times are real; reviews, comments, checks, deployments, "
    "incidents, and whether an unmerged request is open or closed, are made up."
)


@dataclass
class Step:
    """A command: seconds on the clock and of CPU, the most memory in MB, the forge's requests."""

    what: str
    wall: float
    cpu: float
    megabytes: float
    requests: int
    output: str = field(repr=False)


@dataclass(frozen=True)
class Place:
    """Where everything lies and is served.

    Attributes:
        clone: a clone of the repository, as a person has it.
        home: an empty home directory with the settings.
        whole: the git server could serve it; else the clone has all refs, and no mirror is kept.
        note: what had to be left out of the repository, in words.
    """

    clone: Path
    home: Path
    whole: bool
    note: str
    past: Past
    forge: GitHubServer

    @property
    def workspace(self) -> Path:
        """Where Landed keeps its data."""
        return self.home / ".local" / "share" / "landed"

    def environment(self) -> dict[str, str]:
        """The environment of a command that knows no other home."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / ".local" / "share"),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "COLUMNS": "100",
            "LANDED_KEY": "00" * 16,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            TOKEN_VARIABLE: TOKEN,
        }

    def landed(self, *arguments: str, keep: Path | None = None) -> Step:
        """Run one command to its end; `keep` takes what it prints. RuntimeError where it fails."""
        asked, began = len(self.forge.asked), time.monotonic()
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "landed", *arguments],
                cwd=self.home,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
            )
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            errors.seek(0)
            said, complained = output.read(), errors.read()
        what = "landed " + " ".join(one for one in arguments if one != str(self.clone))
        if process.returncode:
            raise RuntimeError(f"{what} ended with {process.returncode}: {complained}")
        if keep is not None:
            keep.write_text(said + complained)
        cpu = usage.ru_utime + usage.ru_stime
        requests = len(self.forge.asked) - asked
        return Step(what, wall, cpu, usage.ru_maxrss / 1024, requests, said + complained)


@contextmanager
def laid_out(repository: Path, name: str, top: Path) -> Iterator[Place]:
    """Serve the repository and its forge, and clone it, under `top`."""
    served = top / "git" / f"{name}.git"
    served.parent.mkdir(parents=True)
    home = top / "home"
    (home / ".config" / "landed").mkdir(parents=True)
    git(repository, "clone", "--quiet", "--mirror", "--shared", ".", str(served))
    whole, note = _leave_out_what_is_missing(served)
    past = Past(served)
    with serve(top / "git") as server:
        address = server.address(name)
        clone = served
        if whole:
            clone = top / "code" / name.partition("/")[2]
            subprocess.run(["git", "clone", "-q", address, str(clone)], check=True)
        else:
            git(served, "config", "remote.origin.url", address)
        with serving(MadeUp(past, name, address).github()) as forge:
            forge.remaining = sys.maxsize
            (home / ".config" / "landed" / "landed.toml").write_text(_settings(forge, name, whole))
            yield Place(clone, home, whole, note, past, forge)


def _settings(forge: GitHubServer, name: str, whole: bool) -> str:
    here = "" if whole else 'refs = ["refs/pull/*/head"]\nforges.mirrors = false\n'
    return f"""{here}
[[connections]]
forge = "github"
url = "{forge.url}"
projects = ["{name}"]
token = "environment:{TOKEN_VARIABLE}"
"""


def _leave_out_what_is_missing(served: Path) -> tuple[bool, str]:
    """Take away refs that reach objects which this copy lacks; true: git can serve the rest.

    Copies of public repositories often lack a few large files.
    """

    def missing(*revisions: str) -> set[str]:
        told = git(served, "rev-list", "--objects", "--missing=print", *revisions)
        return {row[1:] for row in told.splitlines() if row.startswith("?")}

    lost = missing("--all")
    if not lost:
        return True, ""
    if missing("HEAD"):
        return False, f"{len(lost)} objects are missing, so the repository is read in place"
    raw = git(served, "log", "--all", "-m", "--raw", "--no-abbrev", "--no-renames", "--format=%H")
    commit, bearing = "", set()
    for row in raw.splitlines():
        if not row.startswith(":"):
            commit = row or commit
        elif row.split(" ", 4)[3] in lost:
            bearing.add(commit)
    gone: set[str] = set()
    for one in bearing:
        gone.update(git(served, "for-each-ref", "--contains", one, "--format=%(refname)").split())
    for ref in sorted(gone):
        git(served, "update-ref", "-d", ref)
    return not missing("--all"), f"{len(gone)} refs are left out, which need missing objects"


def run(place: Place, top: Path) -> list[Step]:
    """Run the commands, one after the other; what they say is kept under `top`."""
    clone = str(place.clone)
    return [
        place.landed("sync", clone, keep=top / "sync.txt"),
        place.landed("report", clone, keep=top / "report.txt"),
        place.landed("report", clone, "--html", str(top / "report.html")),
        place.landed("report", clone, "--json", keep=top / "report.json"),
        place.landed("changes", clone, keep=top / "changes.txt"),
        place.landed("balance", clone, keep=top / "balance.txt"),
        place.landed("sync", clone, keep=top / "again.txt"),
    ]


def print_steps(place: Place, steps: list[Step]) -> None:
    """Print what was served, and what each command took."""
    past, held = place.past, place.forge.forge.repositories[0]
    ways = Counter(one.how for one in past.requests)
    states = Counter(one.state for one in held.pull_requests)
    print(f"{held.name}: {len(past.main):,} steps of {past.default_branch}, ", end="")
    print(f"{len(past.commits):,} commits, {len(past.releases)} releases")
    print(
        f"{len(past.requests):,} requests: {states['MERGED']:,} merged ({ways['merge']:,} by "
        f"merge, {ways['squash']:,} by squash, {ways['hand']:,} by hand), {states['CLOSED']:,} "
        f"closed, {states['OPEN']:,} open; {len(held.deployments)} deployments, "
        f"{len(held.issues)} incidents"
    )
    print(MADE_UP)
    for why, number in past.left_out.items():
        print(f"Left out: {number:,} {why}.")
    if place.note:
        print(f"Of this copy {place.note}.")
    print(f"\n{'':<28}{'wall s':>9}{'CPU s':>9}{'MB':>7}{'asked':>7}")
    for step in steps:
        what = step.what if len(step.what) < 27 else step.what[:26] + "…"
        print(f"{what:<28}{step.wall:>9.1f}{step.cpu:>9.1f}{step.megabytes:>7,.0f}", end="")
        print(f"{step.requests:>7,}")
    first, again = steps[0], steps[-1]
    print(f"The second sync took {again.wall / first.wall:.1%} of the first.\n")


def print_findings(findings: list[Finding]) -> None:
    """Print what was checked."""
    for finding in findings:
        print(f"{'holds' if finding.holds else 'BROKEN':<7} {finding.what}: {finding.told}")
        for example in finding.examples:
            print(f"        {example}")


def main() -> None:
    """Read the command line, serve, run, check, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("repository", type=Path, metavar="REPOSITORY", help="a git repository")
    parser.add_argument("--name", default="real/repository", metavar="OWNER/NAME")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep everything there")
    parser.add_argument("--serve", action="store_true", help="serve until interrupted")
    parser.add_argument("--json", action="store_true", help="print steps and checks as JSON")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="landed-real-forge-") as folder:
        top = Path(folder)
        if chosen.keep is not None:
            top = chosen.keep.resolve()
            top.mkdir(parents=True)
        with laid_out(chosen.repository.resolve(), chosen.name, top) as place:
            if chosen.serve:
                _wait(place)
                return
            steps = run(place, top)
            findings = check(place.workspace, place.clone, place.past, top)
            if chosen.json:
                told = {
                    "steps": [asdict(step) | {"output": None} for step in steps],
                    "checks": [asdict(finding) for finding in findings],
                }
                print(json.dumps(told, indent=2))
            else:
                print_steps(place, steps)
                print_findings(findings)
    sys.exit(not all(finding.holds for finding in findings))


def _wait(place: Place) -> None:
    print(f"{MADE_UP}\nA clone: {place.clone}\nTo use the settings that connect to it:")
    print(f"  export {TOKEN_VARIABLE}={TOKEN} HOME={place.home} XDG_DATA_HOME= XDG_CONFIG_HOME=")
    print("Interrupt to end.", flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
