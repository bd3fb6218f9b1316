"""`landed doctor`: what is there, what is connected, what is missing, whether it is sound."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

import typer

from landed.cli import context

if TYPE_CHECKING:
    from landed.store.health import RepositoryHealth, StoreHealth

OLDEST_GIT = (2, 39)
CONNECTED = {
    "git history": "connected: commits, lines, tags, and what commit messages say",
    "line notes": "connected: git-ai notes and Agent Trace records, where a repository has them",
    "agent sessions": "not connected: prompts, tokens and lines that were never committed",
    "forges": "not connected: pull requests, reviews, checks and deployments",
}


def doctor(
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Tell what is connected, what is missing, and whether the store is sound."""
    from landed.store import DATABASE_NAME
    from landed.store.health import inspect

    settings = context.settings(workspace, config)
    findings: list[str] = []
    git = _git_version(findings)
    key = _key_state(settings.key is not None, findings)
    health = None
    if (settings.workspace / DATABASE_NAME).is_file():
        with context.open_store(settings, read_only=True) as store:
            health = inspect(store)
        findings.extend(
            f"{count:,} keys of the table {table} stand on more than one row"
            for table, count in health.duplicated_keys.items()
        )
    if as_json:
        context.print_json(_as_json(git, str(settings.workspace), key, health, findings))
    else:
        _print(git, str(settings.workspace), key, health, findings)
    if findings:
        raise typer.Exit(1)


def _git_version(findings: list[str]) -> str | None:
    import subprocess

    wanted = ".".join(str(part) for part in OLDEST_GIT)
    try:
        said = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        findings.append(f"git does not run: install git {wanted} or newer")
        return None
    version = said.stdout.removeprefix("git version ").split()[0]
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < OLDEST_GIT:
        findings.append(f"git {version} is too old: install git {wanted} or newer")
    return version


def _key_state(in_settings: bool, findings: list[str]) -> str:
    from landed.config import key_path

    if in_settings:
        return "from the settings"
    path = key_path()
    if not path.exists():
        return "not made yet; the first run makes one"
    if path.stat().st_mode & 0o077:
        findings.append(f"others can read the key file: chmod 600 {path}")
    return f"in {path}"


def _print(
    git: str | None,
    workspace: str,
    key: str,
    health: StoreHealth | None,
    findings: list[str],
) -> None:
    typer.echo(f"python          {platform.python_version()}")
    typer.echo(f"git             {git or 'missing'}")
    typer.echo(f"workspace       {workspace}")
    typer.echo(f"key             {key}")
    if health is None:
        typer.echo("store           empty: run landed report PATH to read a repository")
    else:
        rows = sum(health.rows.values())
        typer.echo(
            f"store           schema {health.schema_version}, "
            f"{health.bytes / 1e6:,.1f} MB, {rows:,} rows"
        )
    typer.echo("")
    for source, state in CONNECTED.items():
        typer.echo(f"{source:<15} {state}")
    for repository in health.repositories if health is not None else ():
        typer.echo("")
        _print_repository(repository)
    typer.echo("")
    for finding in findings:
        typer.echo(f"to put right: {finding}")
    if not findings:
        typer.echo("nothing to put right")


def _print_repository(repository: RepositoryHealth) -> None:
    from landed.reports.wording import printable

    typer.echo(printable(repository.name))
    if repository.path is not None:
        typer.echo(f"  lies in       {printable(str(repository.path))}")
    typer.echo(f"  holds         {repository.commits:,} commits, {repository.lines:,} lines born")
    if repository.last_run_at is not None:
        typer.echo(
            f"  last read     {repository.last_run_at:%Y-%m-%d %H:%M} UTC ({repository.last_mode})"
        )
    problems = ", ".join(f"{count:,} {kind}" for kind, count in repository.problems.items())
    typer.echo(f"  problems      {problems or 'none'}")


def _as_json(
    git: str | None,
    workspace: str,
    key: str,
    health: StoreHealth | None,
    findings: list[str],
) -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "git": git,
        "workspace": workspace,
        "key": key,
        "store": health,
        "sources": CONNECTED,
        "findings": findings,
    }
