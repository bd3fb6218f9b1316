"""The documentation says what the code does: commands, settings, tables, agents, test command."""

from __future__ import annotations

import re
import shlex
import time
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from tests.shop import build_shop
from typer.main import get_command

from landed.attribution.signals import load_signals
from landed.cli import app, run
from landed.config import Settings
from landed.ledger.exclusion import DEFAULT_EXCLUSIONS
from landed.metrics import metrics
from landed.pricing.own_rules import RULES
from landed.records import TABLES
from landed.sources.agents.registry import agent_readers

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
    """The options of every command, those of groups by their whole name: `hook install`.

    A group that is a command itself has those of its subcommands as well.
    """
    found: dict[str, set[str]] = {}
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        inside = {one: long_options(each) for one, each in subcommands(command).items()}
        if not inside or command.invoke_without_command:
            found[name] = long_options(command).union(*inside.values())
        else:
            found |= {f"{name} {one}": each for one, each in inside.items()}
    return found


def subcommands(command: Any) -> dict[str, Any]:
    """The commands of a group by name; none of a plain command."""
    found: dict[str, Any] = getattr(command, "commands", {})
    return found


def long_options(command: Any) -> set[str]:
    """The options of one command that begin with two dashes, those that switch something on."""
    return {o for parameter in command.params for o in parameter.opts if o.startswith("--")}


@pytest.mark.parametrize("command", sorted(options()))
def test_every_command_is_told_with_its_options_and_no_others(command: str) -> None:
    text = section(page("commands.md"), command)
    told = {option for row in re.findall(r"^\| (`--.*?) \|", text, re.M) for option in named(row)}

    assert told == options()[command] - SHARED


def test_every_command_is_shown_in_use() -> None:
    shown = page("commands.md")
    groups = get_command(app).commands  # type: ignore[attr-defined]
    names = [f"{name} {one}" for name, each in groups.items() for one in subcommands(each)]
    names += [name for name in options() if " " not in name]

    missing = [n for n in names if re.search(rf"^landed {n}\b", shown, re.M) is None]
    assert missing == []


@pytest.mark.parametrize("name", ["README.md", "docs/index.md", "CHANGELOG.md"])
def test_the_commands_that_are_named_in_overviews_exist(name: str) -> None:
    text = (TOP / name).read_text("utf-8")
    told = set(re.findall(r"`landed ([a-z]+)", text)) | set(
        re.findall(r"^landed (\w+)", text, re.M)
    )
    known = {command.split()[0] for command in options()}

    assert told
    assert told <= known


def sections() -> dict[str, type[BaseModel]]:
    """Every section of the settings by its dotted name; the top level is `Top level`."""
    return {"Top level": Settings, **dict(below(Settings, ""))}


def below(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """The sections inside of a section, and those inside of these."""
    for name, field in model.model_fields.items():
        inner = section_of(field.annotation)
        if inner is not None:
            yield prefix + name, inner
            yield from below(inner, f"{prefix}{name}.")


def section_of(annotation: Any) -> type[BaseModel] | None:
    """The section that a field holds, one or many of it; None for a plain setting."""
    kinds = (annotation, *get_args(annotation))
    found = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return found[0] if found else None


def plain_settings(model: type[BaseModel]) -> dict[str, Any]:
    """The fields of a section that are no sections themselves, with their defaults."""
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
        if section_of(field.annotation) is None
    }


@pytest.mark.parametrize("name", sorted(sections()))
def test_every_setting_is_told_and_no_others(name: str) -> None:
    text = section(section(page("configuration.md"), "Every setting"), name, "###")
    told = [s for row in re.findall(r"^\| (`.*?) \|", text, re.M) for s in re.findall(r"\w+", row)]

    assert sorted(told) == sorted(plain_settings(sections()[name]))


def test_the_defaults_that_are_told_are_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = toml_blocks(section(page("configuration.md"), "The defaults"))[0]
    (tmp_path / "told.toml").write_text(text)
    single = {
        name: model
        for name, model in sections().items()
        if name in Settings.model_fields and Settings.model_fields[name].annotation is model
    }
    told = tomllib.loads(text)
    expected = names_with_a_default(Settings) | {
        f"{name}.{setting}"
        for name, model in single.items()
        for setting in names_with_a_default(model)
    }

    assert Settings.load(config=tmp_path / "told.toml") == Settings.load()
    assert expected == {
        name if key is None else f"{name}.{key}"
        for name, value in told.items()
        for key in (value if isinstance(value, dict) else [None])
    }


def names_with_a_default(model: type[BaseModel]) -> set[str]:
    """The plain settings of a section that are not null where nobody sets them."""
    return {name for name, default in plain_settings(model).items() if default is not None}


def toml_blocks(text: str) -> list[str]:
    """What stands in the TOML fences of a page."""
    return re.findall(r"^```toml\n(.*?)^```", text, re.M | re.S)


def configurations() -> list[tuple[str, str]]:
    """Every example of a `landed.toml` in the documentation, with its page."""
    pages = [*sorted((TOP / "docs").glob("*.md")), *sorted(TOP.glob("*.md"))]
    found = [(path.name, text) for path in pages for text in toml_blocks(path.read_text("utf-8"))]
    return [(name, text) for name, text in found if "[project." not in text]


@pytest.mark.parametrize(("name", "text"), configurations())
def test_every_example_of_a_configuration_is_understood(
    name: str, text: str, tmp_path: Path
) -> None:
    path = tmp_path / name.replace(".md", ".toml")
    path.write_text(text)

    settings = Settings.load(config=path)

    entries = {name: len(told) for name, told in tomllib.loads(text).items() if type(told) is list}
    assert entries == {name: len(getattr(settings, name)) for name in entries}


def test_every_section_has_an_example() -> None:
    given = [tomllib.loads(text) for text in toml_blocks(page("configuration.md"))]

    def is_given(values: Any, names: list[str]) -> bool:
        if not names:
            return True
        tables = values if isinstance(values, list) else [values]
        return any(names[0] in table and is_given(table[names[0]], names[1:]) for table in tables)

    missing = [
        name
        for name in sections()
        if name != "Top level" and not any(is_given(g, name.split(".")) for g in given)
    ]
    assert missing == []


def test_the_variables_that_are_told_are_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = re.findall(r"^(LANDED_\w+)=(.*)$", page("configuration.md"), re.M)
    for name, value in lines:
        if name != "LANDED_CONFIG":
            monkeypatch.setenv(name, shlex.split(value)[0])

    settings = Settings.load()

    assert settings.workspace == Path("/srv/landed")
    assert settings.ledger.exclude == ("docs/api/**",)
    assert not settings.sessions.read
    assert settings.cash.hourly_rate == 95


def test_every_agent_whose_logs_are_read_is_told() -> None:
    told = section(page("configuration.md"), "sessions", "###")
    rows = re.findall(r"^\| ([\w() ]+) \| .* \| .* \| ", page("agents.md"), re.M)
    readers = {reader.agent for reader in agent_readers()}

    assert {agent for agent in readers if f"`{agent}`" not in told} == set()
    assert len(set(rows) - {"Agent"}) == len(readers)


def test_every_price_rule_of_our_own_is_told() -> None:
    told = section(page("prices.md"), "List price")

    assert [rule.name for rule in RULES if rule.source not in told] == []


def test_every_page_is_in_the_menu_and_in_the_table_of_contents() -> None:
    pages = {path.name for path in (TOP / "docs").glob("*.md")}
    menu = (TOP / "mkdocs.yml").read_text("utf-8")
    contents = section(page("index.md"), "Read on")

    assert {name for name in pages if f": {name}\n" not in menu} == set()
    assert {name for name in pages - {"index.md"} if f"]({name})" not in contents} == set()


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


def test_the_run_in_the_readme_is_a_real_one(
    tmp_path: Path,
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    utc: None,  # noqa: ARG001
) -> None:
    monkeypatch.chdir(build_shop(tmp_path / "shop", home).path)
    monkeypatch.setenv("COLUMNS", "80")
    text = (TOP / "README.md").read_text("utf-8")
    shown = {
        command: told.split("\n\n")
        for command, told in re.findall(r"^\$ landed (.*?)\n\n(.*?)^```", text, re.M | re.S)
    }
    # what stands between the funnel and the coverage changes as the lines grow older
    head, funnel, *_, coverage = shown.pop("report")
    expected = {"report": [head, funnel, coverage.split("…\n")[-1]], **shown}

    for command, parts in expected.items():
        assert run(command.split()) == 0
        said = capsys.readouterr().out
        assert [part for part in parts if part.rstrip() not in said] == []
    assert set(expected) == {"report", "why tax.py:7"}


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine's clock shows UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


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
