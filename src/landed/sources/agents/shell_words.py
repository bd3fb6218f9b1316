"""The simple commands in a line of shell: words, files written to, and heredocs.

It reads what agents run with bash or sh: quotes, escapes, substitutions, redirections, heredocs
and comments. Expansions stay as they are written. It never fails: what is not closed ends with
the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_DEEPEST = 40
_HEREDOC = re.compile(r"""<<(-?)[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|\\?([^\s;&|<>()'"]+))""")
_OUTPUT = re.compile(r"&?>{1,2}[|&]?")
_DESCRIPTOR = re.compile(r"\d+|-")
_PLAIN = re.compile(r"[^\s;&|<>()'\"`\\$#\d]+")


class Command(NamedTuple):
    """One simple command: its words, the files that it is redirected into, its heredocs' text."""

    words: list[str]
    writes: list[str]
    input: str


def commands(text: str) -> list[Command]:
    """Return the simple commands of a shell text in order, those of substitutions too."""
    found: list[Command] = []
    _Scan(text, found).run("", 0)
    return found


class _Scan:
    def __init__(self, text: str, found: list[Command]) -> None:
        self.text = text
        self.found = found
        self.at = 0

    def run(self, closer: str, depth: int) -> None:
        """Read commands up to and with `closer` (or to the end of the text)."""
        current = _Current()
        heredocs: list[tuple[_Current, str, bool]] = []
        text, size = self.text, len(self.text)
        while self.at < size:
            char = text[self.at]
            if char == closer:
                self.at += 1
                break
            if char == "\n":
                self.at += 1
                self._bodies(heredocs)
                current = self._ended(current, heredocs)
            elif char in " \t\r":
                self.at += 1
                current.end_word()
            elif char in ";|()" or (char == "&" and text[self.at + 1 : self.at + 2] != ">"):
                self.at += 1
                current = self._ended(current, heredocs)
            elif char == "#" and not current.open:
                self.at = _found(text, "\n", self.at)
            elif char in "<>&":
                self._redirection(current, heredocs, depth)
            else:
                current.add(self._piece(char, depth))
        self._bodies(heredocs)
        self._ended(current, heredocs)

    def _ended(self, current: _Current, heredocs: list[tuple[_Current, str, bool]]) -> _Current:
        current.end_word()
        if any(owner is current for owner, _, _ in heredocs):
            current.waiting = True
        else:
            self._keep(current)
        return _Current()

    def _keep(self, current: _Current) -> None:
        if current.words or current.writes:
            self.found.append(Command(current.words, current.writes, current.input))

    def _bodies(self, heredocs: list[tuple[_Current, str, bool]]) -> None:
        """Read the heredocs that the line just ended has announced."""
        for owner, delimiter, indented in heredocs:
            lines: list[str] = []
            while self.at < len(self.text):
                end = _found(self.text, "\n", self.at)
                line = self.text[self.at : end]
                self.at = min(end + 1, len(self.text))
                if (line.lstrip("\t") if indented else line) == delimiter:
                    break
                lines.append(line)
            owner.input += "\n".join([*lines, ""])
            if owner.waiting:
                owner.waiting = False
                self._keep(owner)
        heredocs.clear()

    def _redirection(
        self, current: _Current, heredocs: list[tuple[_Current, str, bool]], depth: int
    ) -> None:
        text = self.text
        heredoc = _HEREDOC.match(text, self.at)
        if text.startswith("<<<", self.at):
            self.at += 3
            current.end_word()
        elif heredoc:
            self.at = heredoc.end()
            current.end_word()
            name = next((part for part in heredoc.groups()[1:] if part is not None), "")
            heredocs.append((current, name, heredoc[1] == "-"))
        elif text[self.at + 1 : self.at + 2] == "(":
            self.at += 2
            self._nested(")", depth)
        elif text[self.at] == "<":
            self.at += 1
            current.expect("read")
        else:
            self._output(current)

    def _output(self, current: _Current) -> None:
        operator = _OUTPUT.match(self.text, self.at)
        self.at = operator.end() if operator else self.at + 1
        duplicate = _DESCRIPTOR.match(self.text, self.at)
        if operator and operator[0].endswith("&") and duplicate:
            self.at = duplicate.end()
            current.expect("nothing")
        else:
            current.expect("write")

    def _piece(self, char: str, depth: int) -> str:
        """Read a part of a word: quoted, escaped, substituted or plain."""
        text = self.text
        if char == "'":
            end = _found(text, "'", self.at + 1)
            piece, self.at = text[self.at + 1 : end], end + 1
            return piece
        if char == '"':
            self.at += 1
            return self._double_quoted(depth)
        if char == "\\":
            piece = text[self.at + 1 : self.at + 2]
            self.at += 2
            return "" if piece == "\n" else piece
        if char == "`":
            self.at += 1
            return self._nested("`", depth)
        if text.startswith("$(", self.at):
            self.at += 2
            return self._nested(")", depth)
        plain = _PLAIN.match(text, self.at)
        begin, self.at = self.at, plain.end() if plain else self.at + 1
        return text[begin : self.at]

    def _double_quoted(self, depth: int) -> str:
        pieces: list[str] = []
        while self.at < len(self.text) and self.text[self.at] != '"':
            char = self.text[self.at]
            if char in "\\`" or self.text.startswith("$(", self.at):
                pieces.append(self._piece(char, depth))
            else:
                pieces.append(char)
                self.at += 1
        self.at += 1
        return "".join(pieces)

    def _nested(self, closer: str, depth: int) -> str:
        """Read a substitution; its commands are found too, its place in the word stays empty."""
        if depth >= _DEEPEST:
            self.at = len(self.text)
        else:
            self.run(closer, depth + 1)
        return "$()"


class _Current:
    """A command while it is read."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.writes: list[str] = []
        self.input = ""
        self.open = False
        self.waiting = False
        self._word: list[str] = []
        self._next = "word"

    def add(self, piece: str) -> None:
        self.open = True
        self._word.append(piece)

    def end_word(self) -> None:
        if not self.open:
            return
        word = "".join(self._word)
        if self._next == "write" and self.words[:1] != ["[["]:
            self.writes.append(word)
        elif self._next == "word":
            self.words.append(word)
        self._word, self.open, self._next = [], False, "word"

    def expect(self, what: str) -> None:
        """End the word (a file descriptor's number is none) and say what the next one is."""
        if self.open and "".join(self._word).isdigit():
            self._word, self.open = [], False
        self.end_word()
        self._next = "word" if what == "nothing" else what


def _found(text: str, wanted: str, start: int) -> int:
    at = text.find(wanted, start)
    return len(text) if at < 0 else at
