"""`landed verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landed.cli import context

if TYPE_CHECKING:
    from landed.ledger.verify import Verification


def verify(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A repository; the current one by default.")
    ] = Path(),
    sample: Annotated[
        int, typer.Option(min=1, metavar="N", help="Files to compare at each revision.")
    ] = 100,
    every: Annotated[bool, typer.Option("--all", help="Compare every file.")] = False,
    tags: Annotated[int, typer.Option(min=0, metavar="N", help="Tags to compare at.")] = 3,
    seed: Annotated[int, typer.Option(metavar="S", help="Chooses the sample.")] = 0,
    ref: Annotated[
        str | None, typer.Option(metavar="REF", help="The branch that counts as the main line.")
    ] = None,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Compare the ledger with git blame, line by line, and print how far they agree.

    Ends with exit code 1 where a line differs.
    """
    from landed.ledger.exclusion import attribute_rows, exclusions
    from landed.ledger.verify import StoredLedger
    from landed.sources.git.scratch import Scratch
    from landed.sync import sync

    settings = context.settings(workspace, config)
    rules = exclusions(settings.ledger.exclude, settings.ledger.include)
    with context.progress() as tell:
        repository = sync(path, settings, ref=ref, ask="never", progress=tell).repository
        with context.open_store(settings, read_only=True) as store:
            stored = StoredLedger(store, repository, tags=tags, seed=seed)
        with Scratch.open(path, settings.workspace, attribute_rows(rules)) as scratch:
            result = stored.compare(
                scratch,
                sample=None if every else sample,
                progress=lambda done, total: tell("blaming files", done, total),
            )
    if as_json:
        context.print_json(_document(result))
    else:
        _print(result)
    if result.equal < result.lines:
        raise typer.Exit(1)


def _document(result: Verification) -> dict[str, object]:
    return {
        "revisions": result.revisions,
        "files": result.files,
        "lines": result.lines,
        "equal": result.equal,
        "agreement": result.agreement,
        "unreadable_files": result.unreadable,
        "differences": [vars(difference) for difference in result.differences],
    }


def _print(result: Verification) -> None:
    from landed.reports.wording import printable

    agreement = result.agreement
    if agreement is None:
        typer.echo("Nothing to compare: no text files at these revisions.")
        return
    differing = result.lines - result.equal
    # Rounded down: 100 % is said only where every line is equal.
    percent = int(agreement * 1_000_000) / 10_000
    typer.echo(
        f"{percent:.4f} % of {result.lines:,} lines equal to git blame "
        f"({result.files:,} files at {printable(', '.join(result.revisions))})"
    )
    if result.unreadable:
        typer.echo(f"{result.unreadable:,} files could not be blamed: objects are missing.")
    if differing:
        typer.echo(f"{differing:,} lines differ, such as:")
        for difference in result.differences:
            place = f"{difference.revision}:{difference.path}:{difference.line}"
            birth = f"{difference.commit[:10]} {difference.born_path}:{difference.born_line}"
            typer.echo(f"  {printable(place)}  git blame says {printable(birth)}")
