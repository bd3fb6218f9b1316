"""`landed hook`: git hooks that write who wrote which line, at every commit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landed.cli import context

if TYPE_CHECKING:
    from landed.hook.install import Hooks

PUSH = "git push origin refs/notes/ai"

app = typer.Typer(
    name="hook",
    help="Git hooks that note at every commit which lines agents wrote.",
    no_args_is_help=True,
)

_Path = Annotated[
    Path, typer.Argument(metavar="PATH", help="A work tree; the current one by default.")
]


@app.command("install")
def install(
    path: _Path = Path(),
    shared: Annotated[
        bool,
        typer.Option("--shared", help="Also where core.hooksPath leads out of the git directory."),
    ] = False,
    claude: Annotated[
        bool,
        typer.Option("--claude", help="Let Claude Code have its log read whenever it stops."),
    ] = False,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Install the hooks; those that are there already are kept and run first."""
    from landed.errors import ConfigurationError
    from landed.hook import work
    from landed.hook.chosen import Chosen, save_chosen
    from landed.hook.claude import connect
    from landed.hook.install import install as install_hooks
    from landed.hook.install import place_of

    settings = context.settings(workspace, config)
    sessions = settings.sessions
    if not sessions.read:
        raise ConfigurationError(
            "sessions.read is false, so no agent's log may be opened: nothing was installed"
        )
    place = place_of(path)
    hooks = install_hooks(place, shared=shared)
    homes = tuple(str(home.expanduser().absolute()) for home in sessions.homes)
    save_chosen(place.kept, Chosen(sessions.agents, homes))
    if claude:
        connect(place)
    remembered = work.catch_up(place)
    if as_json:
        context.print_json(_document(hooks) | {"edits_waiting": remembered})
        return
    _print(hooks)
    if hooks.apart:
        typer.echo("outside       the hooks lie outside of the git directory")
    edits = "edit" if remembered == 1 else "edits"
    typer.echo(f"waiting       {remembered:,} {edits} by agents that no commit has yet")
    typer.echo(f"notes travel  with {PUSH}")


@app.command("uninstall")
def uninstall(path: _Path = Path(), as_json: context.AsJson = False) -> None:
    """Take the hooks out, and put those back that were there before; notes stay."""
    from landed.hook.claude import disconnect
    from landed.hook.install import forget, place_of
    from landed.hook.install import uninstall as uninstall_hooks

    place = place_of(path)
    disconnect(place)
    hooks = uninstall_hooks(place)
    forget(place)
    if as_json:
        context.print_json(_document(hooks))
    else:
        _print(hooks)


@app.command("status")
def status(path: _Path = Path(), as_json: context.AsJson = False) -> None:
    """Tell what is installed and where, how many notes there are, and whether they are pushed."""
    from landed.hook.install import look, place_of

    hooks = look(place_of(path))
    if as_json:
        context.print_json(_document(hooks))
    else:
        _print(hooks)
        _print_notes(hooks)


def _print(hooks: Hooks) -> None:
    from landed.hook.claude import is_connected
    from landed.hook.work import git_ai_is_here
    from landed.reports.wording import printable

    for hook in hooks.hooks:
        state = "installed" if hook.installed else "not installed"
        if hook.installed and hook.kept is not None:
            state += f", after {hook.kept.name}"
        elif hook.other:
            state += ", another hook is there"
        typer.echo(f"{hook.event:<13} {state}")
    typer.echo(f"in            {printable(str(hooks.directory))}")
    if hooks.chosen_by is not None:
        typer.echo("chosen by     core.hooksPath")
    typer.echo(f"Claude Code   {'connected' if is_connected(hooks.place) else 'not connected'}")
    if git_ai_is_here():
        typer.echo("git-ai        installed: its notes are left to it, and Landed writes none")


def _print_notes(hooks: Hooks) -> None:
    from landed.hook.state import notes_state
    from landed.reports.wording import printable

    state = notes_state(hooks.place)
    typer.echo(f"notes         {state.notes:,} in refs/notes/ai")
    if state.pushed_with:
        typer.echo(f"notes travel  with every push to {', '.join(state.pushed_with)}")
    else:
        typer.echo(f"notes travel  with {PUSH}")
    for line in state.complaints:
        typer.echo(f"said          {printable(line)}")


def _document(hooks: Hooks) -> dict[str, Any]:
    from landed.hook.claude import is_connected
    from landed.hook.state import notes_state
    from landed.hook.work import git_ai_is_here

    state = notes_state(hooks.place)
    return {
        "directory": str(hooks.directory),
        "hooks_path": hooks.chosen_by,
        "outside_git_directory": hooks.apart,
        "hooks": [
            {
                "event": hook.event,
                "path": str(hook.path),
                "installed": hook.installed,
                "kept": None if hook.kept is None else str(hook.kept),
                "another": hook.other,
            }
            for hook in hooks.hooks
        ],
        "claude_code": is_connected(hooks.place),
        "git_ai": git_ai_is_here(),
        "notes": state.notes,
        "pushed_with": state.pushed_with,
        "complaints": state.complaints,
    }
