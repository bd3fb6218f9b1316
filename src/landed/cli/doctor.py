"""`landed doctor`: what is there, what is connected, what is missing, whether it is sound."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING, Any

import typer

from landed.cli import context, doctor_server

if TYPE_CHECKING:
    from landed.delivery.code_owners import OwnedFiles
    from landed.reports.connections import AgentConnection, Connections, HookConnection
    from landed.reports.forge_connections import ForgeConnection, ProjectConnection
    from landed.store.health import RepositoryHealth, StoreHealth

OLDEST_GIT = (2, 39)
NO_SESSIONS = "not connected: prompts, tokens and lines that were never committed"
NO_FORGES = "not connected: pull requests, reviews, checks and deployments"
MOST_PROJECTS = 20
MOST_FINDINGS = 3
CONNECTED = {
    "git history": "connected: commits, lines, tags, and what commit messages say",
    "line notes": "connected: git-ai notes and Agent Trace records, where a repository has them",
    "agent sessions": NO_SESSIONS,
    "forges": NO_FORGES,
}
"""What each source gives; for agents' sessions, where no log was read."""


def doctor(
    offline: context.Offline = False,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Tell what is connected, what is missing, and whether the store is sound."""
    from landed.delivery.code_owners import owned_files
    from landed.reports.connections import find_connections
    from landed.reports.forge_connections import find_forges
    from landed.server.scheduler.records import last_runs
    from landed.store import DATABASE_NAME
    from landed.store.health import inspect

    settings = context.settings(workspace, config)
    findings: list[str] = []
    git = _git_version(findings)
    key = _key_state(settings.key is not None, findings)
    health, runs, owners = None, [], {}
    address = doctor_server.address_of_server(settings.workspace)
    if (settings.workspace / DATABASE_NAME).is_file():
        with context.open_store(settings, read_only=True) as store:
            health, runs, owners = inspect(store), last_runs(store), owned_files(store)
        findings.extend(
            f"{count:,} keys of the table {table} stand on more than one row"
            for table, count in health.duplicated_keys.items()
        )
    found = find_connections(settings, health, git=git is not None)
    forges = []
    if health is not None or settings.connections:
        with context.progress() as tell:
            forges = find_forges(
                settings, lambda: context.open_store(settings), ask=not offline, progress=tell
            )
    findings.extend(_serious(forges))
    findings.extend(doctor_server.failures(runs))
    findings.extend(
        f"the plug-in {plugin.name} does not load: {plugin.reason}"
        for plugin in found.broken_plugins
    )
    if as_json:
        told = _as_json(git, str(settings.workspace), key, health, found, forges, findings)
        told |= {"owners": owners, "server": doctor_server.as_json(address, runs)}
        context.print_json(told)
    else:
        _print(git, str(settings.workspace), key, health, found, forges, owners)
        doctor_server.print_server(address, runs)
        _print_additions(found, forges, findings)
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
    found: Connections,
    forges: list[ForgeConnection],
    owners: dict[str, OwnedFiles],
) -> None:
    from landed.reports.wording import printable

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
    for source, state in _sources(found, forges).items():
        typer.echo(f"{source:<15} {printable(state)}")
    _print_agents(found)
    _print_forges(forges)
    if health is not None:
        _print_people_and_prices(health)
    for repository in health.repositories if health is not None else ():
        typer.echo("")
        _print_repository(repository, owners.get(repository.repository))
        for hook in found.hooks:
            if (hook.repository, hook.path) == (repository.name, _tree(repository)):
                typer.echo(f"  hooks         {_hook(hook)}")
    typer.echo("")


def _print_additions(
    found: Connections, forges: list[ForgeConnection], findings: list[str]
) -> None:
    """What could be added, and what has to be put right."""
    from landed.reports.connections import NOTHING_CONNECTED
    from landed.reports.wording import printable

    typer.echo("")
    for addition in found.missing:
        if forges and addition == NOTHING_CONNECTED:
            continue
        typer.echo(printable(f"missing: {addition.what}"))
        typer.echo(printable(f"  to add it: {addition.how}"))
    typer.echo("")
    for finding in findings:
        typer.echo(printable(f"to put right: {finding}"))
    if not findings:
        typer.echo("nothing to put right")


def _sources(found: Connections, forges: list[ForgeConnection]) -> dict[str, str]:
    """What each source gives here."""
    from landed.reports.wording import count

    told = dict(CONNECTED)
    if found.connected:
        agents = ", ".join(f"{one.agent} ({_sessions(one)})" for one in found.connected)
        told["agent sessions"] = f"connected: {agents}"
    if forges:
        named = ", ".join(
            f"{one.connection} ({count(len(one.projects), 'project')})" for one in forges
        )
        told["forges"] = f"connected: {named}"
    return told


def _serious(forges: list[ForgeConnection]) -> list[str]:
    """What has to be put right at forges."""
    found = [f"{one.connection}: {one.error}" for one in forges if one.error is not None]
    for one in forges:
        serious = [finding for finding in one.findings or () if finding.serious]
        found += [f"{one.connection}: {told.what}: {told.remedy}" for told in serious]
    return found


def _print_forges(forges: list[ForgeConnection]) -> None:
    from landed.reports.wording import printable

    for one in forges:
        typer.echo("")
        typer.echo(printable(f"{one.connection:<15} {one.forge} at {one.address}"))
        typer.echo(printable(f"  token         in {one.token}"))
        for project in one.projects[:MOST_PROJECTS]:
            typer.echo(printable(f"  {project.name:<27} {_project(project)}"))
            for problem in project.problems:
                typer.echo(printable(f"    {problem}"))
        if len(one.projects) > MOST_PROJECTS:
            typer.echo(f"  and {len(one.projects) - MOST_PROJECTS:,} more; --json tells all")
        if not one.projects:
            typer.echo("  nothing was read yet: landed sync --connected")
        slight = [finding for finding in one.findings or () if not finding.serious]
        for finding in slight[:MOST_FINDINGS]:
            typer.echo(printable(f"  to know       {finding.what}: {finding.remedy}"))
        if len(slight) > MOST_FINDINGS:
            typer.echo(f"  and {len(slight) - MOST_FINDINGS:,} more to know; --json tells all")


def _project(project: ProjectConnection) -> str:
    """What is known of one project, in one line."""
    from landed.reports.wording import count

    if project.state == "gone":
        return "is gone at the forge; what was read of it stays"
    if project.repository is None:
        return "no repository that was read is this project: landed sync --connected"
    parts = [
        count(project.changes, "change"),
        count(project.deployments, "deployment"),
        count(project.incidents, "incident or bug", "incidents and bugs"),
    ]
    if project.mirror:
        parts.append("mirror")
    if project.last_read_at is not None:
        parts.append(f"read {project.last_read_at:%Y-%m-%d %H:%M} UTC")
    return ", ".join(parts)


def _sessions(agent: AgentConnection) -> str:
    from landed.reports.wording import count

    return count(agent.read.sessions if agent.read is not None else 0, "session")


def _print_agents(found: Connections) -> None:
    from landed.reports.wording import listed, printable

    typer.echo("")
    typer.echo(printable(f"agents          whose logs lie under {listed(found.homes)}"))
    for agent in found.agents:
        typer.echo(printable(f"  {agent.agent:<15} {_agent(agent)}"))


def _agent(agent: AgentConnection) -> str:
    from landed.reports.wording import count, listed

    places = listed(agent.looked_in) or "where the plug-in looks"
    moved = [name for name in agent.moved_by if name in os.environ]
    where = f"in {places}{f' ({listed(moved)} may move it)' if moved else ''}"
    if agent.unreadable:
        where += f"; {listed(agent.unreadable)} cannot be read"
    told = {
        "left out": "not looked for: left out in landed.toml",
        "no logs": f"no logs {where}",
        "not read yet": f"{count(agent.logs, 'log')} {where}, not read yet",
    }.get(agent.state)
    if told is not None or agent.read is None:
        return told or agent.state
    read = agent.read
    parts = [
        "its plug-in is gone"
        if agent.state == "no reader"
        else f"{count(agent.logs, 'log')} there"
        f"{f', {count(read.logs)} read' if read.logs != agent.logs else ''}",
        count(read.sessions, "session"),
        count(read.edits, "edit"),
    ]
    if read.last_read_at is not None:
        parts.append(f"last read {read.last_read_at:%Y-%m-%d %H:%M} UTC")
    problems = listed(f"{number:,} {kind}" for kind, number in read.problems.items())
    return f"{', '.join(parts)}; {f'problems: {problems}' if problems else 'no problems'}"


def _print_people_and_prices(health: StoreHealth) -> None:
    from landed.reports.wording import count, day, printable

    typer.echo("")
    typer.echo("whose tools are seen")
    for seen in health.captured:
        since = seen.complete_since
        complete = f"; all their tools since {since}" if since else ""
        typer.echo(
            printable(
                f"  {seen.person:<27} {seen.agent:<15} {seen.repository}, "
                f"since {day(seen.first_at)}{complete}"
            )
        )
    if not health.captured:
        typer.echo("  nobody's")
    typer.echo("")
    calls = health.unpriced_models
    named = ", ".join(f"{name or 'untold'} ({count(n, 'call')})" for name, n in calls.items())
    typer.echo(printable(f"unpriced models {named or 'none'}"))
    typer.echo(
        f"people          {count(health.unmatched_identities, 'identity', 'identities')} unmatched"
    )


def _hook(hook: HookConnection) -> str:
    """The git hooks of one repository, in one line."""
    if hook.installed is None:
        return "its working tree is not there"
    state = "installed" if hook.installed else "not installed"
    if hook.other_hooks:
        state += ", with hooks of others" if hook.installed else ", hooks of others are there"
    return f"{state}, Claude Code connected" if hook.claude_code else state


def _tree(repository: RepositoryHealth) -> str | None:
    from landed.reports.connections import working_tree

    tree = working_tree(repository)
    return None if tree is None else str(tree)


def _print_repository(repository: RepositoryHealth, owners: OwnedFiles | None) -> None:
    from landed.reports.wording import printable

    typer.echo(printable(repository.name))
    if repository.path is not None:
        typer.echo(f"  lies in       {printable(str(repository.path))}")
    typer.echo(f"  holds         {repository.commits:,} commits, {repository.lines:,} lines born")
    if repository.last_run_at is not None:
        typer.echo(
            f"  last read     {repository.last_run_at:%Y-%m-%d %H:%M} UTC ({repository.last_mode})"
        )
    if owners is not None:
        typer.echo(
            f"  owners        of {owners.files:,} files {owners.owned:,} have an owner in "
            f"CODEOWNERS, {owners.of_teams:,} a team"
        )
    problems = ", ".join(f"{count:,} {kind}" for kind, count in repository.problems.items())
    typer.echo(f"  problems      {problems or 'none'}")


def _as_json(
    git: str | None,
    workspace: str,
    key: str,
    health: StoreHealth | None,
    found: Connections,
    forges: list[ForgeConnection],
    findings: list[str],
) -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "git": git,
        "workspace": workspace,
        "key": key,
        "store": health,
        "sources": _sources(found, forges),
        "forges": forges,
        "homes": found.homes,
        "agents": found.agents,
        "broken_plugins": [plugin._asdict() for plugin in found.broken_plugins],
        "hooks": found.hooks,
        "missing": found.missing,
        "findings": findings,
    }
