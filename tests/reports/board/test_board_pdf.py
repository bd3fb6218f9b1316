"""The PDF: archival, accessible, one page for the board whatever the data."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from landed.errors import UsageError
from landed.reports.board import Board
from landed.reports.board.board_pdf import first_page_png, pdf

APPENDIX = "By month"
A4, LETTER = (595, 842), (612, 792)


def read(content: bytes) -> PdfReader:
    """A PDF as another program reads it."""
    return PdfReader(io.BytesIO(content))


def fonts_of(reader: PdfReader) -> list[DictionaryObject]:
    """The description of every font of every page."""
    found: list[Any] = []
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():  # type: ignore[attr-defined]
            for descendant in font.get_object().get("/DescendantFonts", [font]):
                found.append(descendant.get_object()["/FontDescriptor"].get_object())
    return found


def test_it_says_that_it_is_archival_and_accessible(printed: bytes) -> None:
    reader = read(printed)
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()  # type: ignore[index]
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert root["/Lang"] == "en"  # type: ignore[index]
    assert root["/OutputIntents"]  # type: ignore[index]
    assert "/StructTreeRoot" in root  # type: ignore[operator]
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("What AI-written code cost")
    assert not reader.is_encrypted


def test_every_font_is_inside_it(printed: bytes) -> None:
    fonts = fonts_of(read(printed))
    assert fonts
    for font in fonts:
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(font)


def test_the_charts_are_vectors(printed: bytes) -> None:
    pictures = [picture for page in read(printed).pages for picture in page.images]
    assert pictures == []


def test_equal_boards_make_equal_bytes(board: Board, printed: bytes) -> None:
    assert pdf(board) == printed


@pytest.mark.parametrize(("paper", "size"), [("a4", A4), ("us-letter", LETTER)])
def test_page_one_is_one_page_whatever_the_data(
    board: Board, hostile: Board, nothing: Board, paper: Any, size: tuple[int, int]
) -> None:
    for one in (board, hostile, nothing):
        pages = read(pdf(one, paper)).pages
        assert (round(pages[0].mediabox.width), round(pages[0].mediabox.height)) == size
        first, second = pages[0].extract_text(), pages[1].extract_text()
        assert "Taken for granted" in first
        assert APPENDIX not in first
        assert second.lstrip().startswith(APPENDIX)


def test_words_of_strangers_are_not_markup(hostile: Board) -> None:
    text = read(pdf(hostile)).pages[0].extract_text()
    assert "#panic()" in text
    assert "\x1b" not in text


def test_what_is_missing_is_said_on_page_one(nothing: Board) -> None:
    told = ["no file of deployments", "no invoice"]
    overview = replace(nothing.overview, missing=told)
    text = read(pdf(replace(nothing, overview=overview))).pages[0].extract_text()
    assert "Not connected: no file of deployments; no invoice." in " ".join(text.split())


def test_the_made_up_company_is_marked_on_every_page(printed: bytes) -> None:
    for page in read(printed).pages:
        assert "Made up: Fennbrook Parcels does not exist" in " ".join(page.extract_text().split())


def test_page_one_as_a_picture(board: Board) -> None:
    assert first_page_png(board, dots_per_inch=20).startswith(b"\x89PNG")


def test_without_the_typesetter_it_names_the_extra(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    # it is installed here: the import system is told that it is not
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UsageError, match=r"pip install 'landed\[pdf\]'"):
        pdf(board)
