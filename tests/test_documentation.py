"""The documentation says what the code does: commands, settings, tables, agents, test command."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest
from typer.main import get_command

from landed.attribution.signals import load_signals
from landed.cli import app
from landed.ledger.exclusion import DEFAULT_EXCLUSIONS
from landed.metrics import metrics
from landed.records import TABLES

TOP = Path(__file__).parents[1]
SHARED = {"--workspace", "--config", "--help"}
RECORDERS = {"agitrack", "claude-mpm", "entire"}


def page(name: str) -> str:
    """One page of the documentation."""
    return (TOP / "docs" / name).read_text("utf-8")


def section(text: str, title: str, level: str = "##") -> str:
    """The part of a page below a heading, up to the next one of that level."""
    found = re.search(rf"^{level} {re.escape(title)}\n(.*?)(?=^{level} |\Z)", text, re.M | re.S)
    assert found is not None, f"there is no section {title}"
    return found[1]


def options() -> dict[str, set[str]]:
    """The options of every command."""
    commands = get_command(app).commands  # type: ignore[attr-defined]
    return {
        name: {
            option
            for parameter in command.params
            for option in parameter.opts
            if option.startswith("--")
        }
        for name, command in commands.items()
    }


@pytest.mark.parametrize("command", sorted(options()))
def test_every_command_is_told_with_its_options_and_no_others(command: str) -> None:
    text = section(page("commands.md"), command)
    told = {option for row in re.findall(r"^\| (`--.*?) \|", text, re.M) for option in named(row)}

    assert told == options()[command] - SHARED


def named(row: str) -> list[str]:
    """The options that a table's first cell names."""
    return re.findall(r"--[a-z]+(?:-[a-z]+)*", row)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_is_told_with_its_columns_in_their_order(name: str) -> None:
    told = re.findall(r"^\| `(\w+)` \|", section(page("data.md"), name, "###"), re.M)

    assert told == [column.name for column in TABLES[name].columns if column.name != "repository"]


def test_every_pattern_that_is_left_out_is_told() -> None:
    told = section(page("ledger.md"), "What is left out")
    patterns = {rule.pattern.removeprefix("**/").removesuffix("**") for rule in DEFAULT_EXCLUSIONS}

    assert {pattern for pattern in patterns if f"`{pattern}`" not in told} == set()


def test_every_agent_is_told_and_counted() -> None:
    agents = {signal.agent for signal in load_signals().signals if signal.agent is not None}
    rows = re.findall(r"^\| ([\w .-]+) \|", section(page("evidence.md"), "Signals"), re.M)
    told = {row.lower().replace(" ", "-") for row in rows} - {"agent", "automation"}

    assert told == agents - RECORDERS
    assert f"signals of {len(told)} agents" in (TOP / "CHANGELOG.md").read_text("utf-8")


def test_the_readme_and_the_checks_run_the_same_tests() -> None:
    checks = (TOP / ".ci" / "run").read_text("utf-8")
    command = re.search(r"^pytest [^<|]+?(?= <)", checks, re.M)

    assert command is not None
    for name in ("README.md", "CONTRIBUTING.md"):
        assert command[0] in (TOP / name).read_text("utf-8"), f"{name} has another command"


def test_the_versions_that_are_asked_for_are_told() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    python = project["requires-python"].removeprefix(">=")

    assert f"Python {python} or newer" in page("index.md")
    told = page("dependencies.md")
    names = [re.split(r"[<>=\[]", entry)[0] for entry in project["dependencies"]]
    assert [name for name in names if name not in told] == []


def test_the_schema_that_is_told_ships_with_the_package() -> None:
    schema = re.search(r"`landed/(reports/schema/[\w.-]+)`", page("report-json.md"))

    assert schema is not None
    assert resources.files("landed").joinpath(schema[1]).is_file()


def test_metrics_that_are_named_as_examples_are_there() -> None:
    told = re.findall(r"^landed explain (\w+)$", page("commands.md"), re.M)

    assert told
    assert set(told) <= set(metrics())
