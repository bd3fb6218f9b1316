"""The action and the template that pipelines use: what they call is there, and is called right."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from landed import cli
from landed.config import Settings

TOP = Path(__file__).parents[2]
ACTION = yaml.safe_load((TOP / "action.yml").read_text("utf-8"))
TEMPLATE = yaml.safe_load((TOP / "templates" / "landed.gitlab-ci.yml").read_text("utf-8"))

_CALL = re.compile(r'^\s*(?:"\$landed"|\S*/landed) (?P<rest>.+)$', re.MULTILINE)


def scripts() -> dict[str, str]:
    """Every piece of shell, by where it stands."""
    found = {
        f"action.yml: {step['name']}": step["run"]
        for step in ACTION["runs"]["steps"]
        if "run" in step
    }
    for name, job in TEMPLATE.items():
        for part in ("before_script", "script"):
            for number, line in enumerate(job.get(part, ()) if isinstance(job, dict) else ()):
                found[f"template: {name} {part} {number}"] = line
    return found


def calls() -> Iterator[list[str]]:
    """The arguments of every call of landed, variables as they stand there."""
    for script in scripts().values():
        whole = script.replace("\\\n", " ")
        for call in _CALL.finditer(whole):
            rest = re.sub(r'\$\{\w+:\+(.+?"\$\w+")\}', r"\1", call["rest"])
            yield shlex.split(rest.split(" >>")[0])


@pytest.mark.parametrize("where", list(scripts()))
def test_shell_is_well_formed(where: str) -> None:
    told = subprocess.run(
        ["bash", "-n"], input=scripts()[where].encode(), capture_output=True, check=False
    )

    assert (told.returncode, told.stderr) == (0, b"")


@pytest.mark.parametrize("arguments", list(calls()), ids=" ".join)
def test_every_call_is_one_that_the_command_line_takes(arguments: list[str]) -> None:
    command: Any = get_command(cli.app)
    given = [re.sub(r"\$\w+(-\$\w+)?", "7", argument) for argument in arguments]
    context = command.make_context("landed", given, resilient_parsing=False)
    while getattr(command, "commands", None):
        name, command, rest = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        context = command.make_context(name, rest, parent=context)

    assert context.command is command


def test_both_comment_and_record_deployments() -> None:
    said = [" ".join(arguments[:2]) for arguments in calls()]

    assert said.count("deployment record") == 2
    assert sum(one.startswith("comment") for one in said) == 4


def test_nothing_that_strangers_write_is_pasted_into_shell() -> None:
    assert [where for where, script in scripts().items() if "${{" in script] == []


def test_every_input_is_described_and_used() -> None:
    text = (TOP / "action.yml").read_text("utf-8")

    assert all(told["description"] for told in ACTION["inputs"].values())
    assert [name for name in ACTION["inputs"] if f"inputs.{name}" not in text] == []


def test_no_variable_is_one_that_landed_would_refuse() -> None:
    text = (TOP / "action.yml").read_text("utf-8")
    text += (TOP / "templates" / "landed.gitlab-ci.yml").read_text("utf-8")
    named = {name.removeprefix("LANDED_").lower() for name in re.findall(r"\bLANDED_[A-Z]+", text)}

    assert named <= set(Settings.model_fields)
