"""What all commands share: where the settings come from, the store, and how to speak.

A command declares the two shared options and asks for what it needs:

    def report(workspace: Workspace = None, config: Config = None) -> None:
        settings = context.settings(workspace, config)
        with context.open_store(settings, read_only=True) as store: ...

Both options also work before the command's name: `landed --workspace DIR report`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landed.errors import UsageError

if TYPE_CHECKING:
    from landed.config import Settings
    from landed.progress import Progress
    from landed.store import Store
    from landed.sync import Ask

Workspace = Annotated[
    Path | None,
    typer.Option(
        "--workspace", metavar="DIR", help="Where Landed keeps its data.", rich_help_panel="Shared"
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="The landed.toml to use.", rich_help_panel="Shared"
    ),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Ask no forge; what is known of it already counts.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@dataclass(frozen=True)
class _Chosen:
    workspace: Path | None = None
    config: Path | None = None


_before_command = _Chosen()


def choose(workspace: Path | None, config: Path | None) -> None:
    """Remember the shared options that were given before the command's name."""
    global _before_command
    _before_command = _Chosen(workspace, config)


def settings(workspace: Path | None = None, config: Path | None = None) -> Settings:
    """The settings that hold for this command; its own options win over those before it."""
    from landed.config import Settings

    found = Settings.load(
        config=config or _before_command.config,
        workspace=workspace or _before_command.workspace,
    )
    if found.notice is not None:
        say(found.notice)
    return found


def ask(offline: bool) -> Ask:
    """Whether forges are asked: not at all offline, else once what is known of them is old."""
    return "never" if offline else "stale"


def open_store(settings: Settings, *, read_only: bool = False) -> Store:
    """The store of the chosen workspace, saying on standard error for whom it waits."""
    from landed.store import Store

    return Store.for_settings(settings, read_only=read_only, on_wait=say)


def say(message: str) -> None:
    """One line for the person who waits, on standard error."""
    typer.echo(f"landed: {message}", err=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """Say on standard error what is being done, in place, where a person watches."""
    from landed.progress import quiet

    if not sys.stderr.isatty():
        yield quiet
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None, count="")

        def tell(message: str, done: int | None = None, total: int | None = None) -> None:
            count = "" if done is None or total is None else f"{done:,} of {total:,}"
            bar.tasks[0].total = total
            bar.update(task, description=message, completed=done or 0, count=count)

        yield tell


def day(option: str, text: str | None) -> date | None:
    """The day that an option names; UsageError, saying how to write it, for anything else."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text} is no date: write it as 2026-01-31") from None


def print_json(content: Any) -> None:
    """Print `content` as indented JSON, keys in the order given."""
    import orjson

    typer.echo(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
