"""`landed report --pdf` and `--board` as people call them, on a real repository."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import orjson
import pytest
from pypdf import PdfReader
from tests.histories.builder import History, lines

from landed import cli


@pytest.fixture
def shop(tmp_path: Path) -> History:
    """Two releases; an agent says in the second commit that it wrote it."""
    history = History(tmp_path / "shop")
    history.write("cart.py", lines("total = 0", "items = []", "tax = 0.2"))
    history.commit("Add the cart")
    history.tag("v1.0")
    history.write("menu.py", lines("dishes = []", "prices = {}"))
    history.commit("Add the menu\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    history.tag("v1.1")
    return history


def report(*arguments: str | Path) -> int:
    """Run `landed report` with these arguments."""
    return cli.run(["report", *(str(argument) for argument in arguments)])


def test_one_command_from_a_repository_to_a_pdf(
    shop: History,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(shop.path)
    file = tmp_path / "board.pdf"
    assert report("--pdf", file, "--paper", "letter") == 0
    assert capsys.readouterr().out.startswith(f"{file}: ")
    reader = PdfReader(io.BytesIO(file.read_bytes()))
    assert round(reader.pages[0].mediabox.width) == 612
    text = " ".join(reader.pages[0].extract_text().split())
    assert "No line that an agent generated is known in this time" in text
    assert "AI wrote 0–40 % of them" in text


def test_the_ending_decides_and_a_path_narrows(
    shop: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = History(tmp_path / "other")
    other.write("a.py", lines("one = 1"))
    other.commit("Add one")
    assert report(other.path, "--board", tmp_path / "other.md") == 0
    assert report(shop.path, "--board", tmp_path / "shop.json", "--since", "2020-01-01") == 0
    found = orjson.loads((tmp_path / "shop.json").read_bytes())
    assert found["narrowed"] == {"repository": ["shop"]}
    assert found["overview"]["sure"]["alive"] == 5
    assert "only repository other" in (tmp_path / "other.md").read_text("utf-8")
    # without a path: all that was ever read
    assert report("--board", tmp_path / "all.csv") == 0
    assert "coverage,alive,,6,lines" in (tmp_path / "all.csv").read_text("utf-8")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--board", "report.docx"], "report.docx has no ending of a report: choose one of"),
        (["--pdf", "."], "--pdf . is a directory"),
        (["--pdf", "nowhere/report.pdf"], "there is no directory nowhere"),
        (["--pdf", "a.pdf", "--paper", "a3"], "--paper a3 is not known: a4 or letter"),
        (["--board", "a.md", "--paper", "a4"], "--paper is for a PDF"),
        (["--paper", "a4"], "--paper is for --pdf FILE"),
        (["--pdf", "a.pdf", "--json"], "choose one of"),
        (["--pdf", "a.pdf", "--path", "*.py"], "is of whole repositories: leave out"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_read(
    arguments: list[str],
    said: str,
    shop: History,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(shop.path)
    assert report(*arguments) == 2
    assert said in capsys.readouterr().err


def test_without_the_typesetter_it_says_what_to_install(
    shop: History,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(shop.path)
    # it is installed here: the import system is told that it is not
    monkeypatch.setitem(sys.modules, "typst", None)
    assert report("--pdf", "a.pdf") == 2
    assert "pip install 'landed[pdf]'" in capsys.readouterr().err
    assert report("--board", "a.md") == 0


def test_a_delivery_by_hand(
    shop: History,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(shop.path)
    config = tmp_path / "landed.toml"
    config.write_text(
        f'[[deliveries]]\nname = "board"\nformats = ["markdown"]\nfolder = "{tmp_path / "out"}"\n'
    )
    assert cli.run(["sync"]) == 0
    arguments = ["deliver", "board", "--config", str(config)]
    assert cli.run([*arguments, "--period", "2026-10"]) == 0
    file = tmp_path / "out" / "landed-board-2026-10.md"
    assert f"{file}\nboard of 2026-10: 1 file" in capsys.readouterr().out
    assert cli.run([*arguments, "--json"]) == 0
    done = orjson.loads(capsys.readouterr().out)
    assert done["name"] == "board"
    assert [Path(name).exists() for name in done["files"]] == [True]
    assert cli.run([*arguments, "--period", "October"]) == 2
    assert "write it as 2026-11" in capsys.readouterr().err
