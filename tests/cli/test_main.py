"""The front door: one line for what went wrong, exit codes, and nothing heavy for help."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from tests.shop import build_shop

from landed import __version__, cli

HEAVY = ("duckdb", "pyarrow", "numpy", "pandas", "lifelines", "altair", "pydantic_settings")


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--help"]) == 0

    said = capsys.readouterr().out
    assert all(command in said for command in ("export", "import", "doctor"))


def test_without_a_command_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 0

    assert "Usage: landed" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0

    assert capsys.readouterr().out == f"landed {__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    look = (
        "import sys; from landed import cli; cli.run(['--help'])\n"
        "print([name for name in sys.argv[1:] if name in sys.modules], file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", look, *HEAVY], capture_output=True, text=True, check=True
    )

    assert done.stderr == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["exprt"], "landed: No such command 'exprt'"),
        (["export"], "landed: Missing argument 'DIR'"),
        (["export", "--colour", "out"], "landed: No such option: --colour"),
        (["export", "out"], "landed: nothing has been read into"),
        (["--config", "none.toml", "doctor"], "landed: cannot read none.toml"),
        (["import", "nowhere"], "landed: nowhere is no complete export"),
    ],
)
def test_what_a_person_can_put_right_is_one_line_and_exit_code_two(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    complaint: str,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert cli.run(arguments) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(complaint)
    assert said.err.count("\n") == 1


def test_an_interrupt_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("landed.cli.context.settings", interrupt)

    assert cli.run(["doctor"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_an_interrupt_inside_a_statement_of_the_store_ends_alike(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr("landed.cli.context.settings", interrupt)

    assert cli.run(["doctor"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_reader_that_went_away_is_no_error() -> None:
    landed = subprocess.Popen(
        [sys.executable, "-m", "landed", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert landed.stdout is not None
    assert landed.stderr is not None
    landed.stdout.close()

    complaint = landed.stderr.read()
    landed.wait()

    assert complaint == b""


@pytest.mark.parametrize("before", [True, False])
def test_shared_options_stand_before_or_after_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before: bool
) -> None:
    option = ["--workspace", str(tmp_path / "mine")]

    cli.run([*option, "doctor"] if before else ["doctor", *option])

    assert str(tmp_path / "mine") in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["sessions"], ["balance"], ["why", "cart.py:5"]])
def test_a_terminal_without_unicode_gets_question_marks(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    shop = build_shop(tmp_path / "shop", home)
    monkeypatch.chdir(shop.path)
    written = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", written)

    assert cli.run(arguments) == 0

    written.buffer.seek(0)
    assert b"?" in written.buffer.read()
