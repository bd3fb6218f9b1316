"""The address of a page with its parameters, and the addresses of pages next to it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from landed.server.asked import FILTER_NAMES

Value = str | int | Iterable[str] | None


class Address:
    """Where the reader is.

    Attributes:
        path: the path of the page.
        pairs: its parameters in order; a name may stand there several times.
    """

    def __init__(self, path: str, parameters: QueryParams) -> None:
        self.path = path
        self.pairs: list[tuple[str, str]] = [
            (name, value) for name, value in parameters.multi_items() if value
        ]

    def to(self, path: str, **changes: Value) -> str:
        """Another page with the filters of this one, and with `changes` to them."""
        kept = [pair for pair in self.pairs if pair[0] in FILTER_NAMES]
        return _joined(path, _changed(kept, changes))

    def here(self, **changes: Value) -> str:
        """This page with parameters set (a text, a number, several) or taken away (null).

        What is shown begins at its first page again, unless `page` is among the changes.
        """
        kept = [pair for pair in self.pairs if pair[0] != "page" or "page" in changes]
        return _joined(self.path, _changed(kept, changes))

    def without(self, name: str, value: str | None = None) -> str:
        """This page without a parameter, or without one of its values."""
        kept = [
            pair
            for pair in self.pairs
            if pair[0] != "page" and not (pair[0] == name and value in (None, pair[1]))
        ]
        return _joined(self.path, kept)

    def unfiltered(self) -> str:
        """This page with no filter."""
        apart = (*FILTER_NAMES, "page")
        return _joined(self.path, [pair for pair in self.pairs if pair[0] not in apart])

    def beside(self, *names: str) -> list[tuple[str, str]]:
        """The parameters that a form has to carry on: all but `names` and the page's number."""
        return [pair for pair in self.pairs if pair[0] not in (*names, "page")]

    def values(self, name: str) -> list[str]:
        """What a parameter is set to."""
        return [value for key, value in self.pairs if key == name]


def _changed(pairs: list[tuple[str, str]], changes: dict[str, Value]) -> list[tuple[str, str]]:
    kept = [pair for pair in pairs if pair[0] not in changes]
    for name, value in changes.items():
        if value is None:
            continue
        several = [str(value)] if isinstance(value, (str, int)) else list(value)
        kept += [(name, one) for one in several]
    return kept


def _joined(path: str, pairs: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path
