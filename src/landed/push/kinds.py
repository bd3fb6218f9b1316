"""What may leave a laptop: every table, every column, and the shapes that its values may have.

This is the whole list. What is not on it does not leave, and a server refuses it: there is no
column for titles, prompts, commands, messages, lines of code, or paths of a machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_HEX = r"[0-9a-f]{16}"
HIDDEN = rf"hidden:{_HEX}"
"""A keyed hash in the place of a value that may not leave."""
_IDENTIFIER = (
    r"(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/)?"  # a sub-agent's, behind its session's
    r"[A-Za-z0-9][A-Za-z0-9._:@+=~-]{0,159}"
)
_NO_WAY_UP = r"(?!(?:[^\x00]*/)?\.\.?(?:/|\Z))"
_ADDRESS = (
    rf"{_NO_WAY_UP}(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(?::[0-9]{{1,5}})?[:/]"
    r"[A-Za-z0-9_][A-Za-z0-9._~-]{0,99}(?:/[A-Za-z0-9._~-]{1,100}){0,9}"
)
_SOMEWHERE = rf"(?:{HIDDEN}|{_ADDRESS})"
_TREE = rf"tree:{_HEX}@(?:{_SOMEWHERE})?"
_REF = r"[^\x00-\x20\x7f~^:?*\[\\\"'`<>|;&$(){}!]{1,244}"
_COMMIT = r"[0-9a-f]{4,64}"
_WITHIN = rf"(?:{_NO_WAY_UP}[^/\x00-\x1f\x7f][^\x00-\x1f\x7f]{{0,1023}})?"
_PERSON = r"[A-Za-z0-9][A-Za-z0-9._%+'=-]{0,63}@[A-Za-z0-9][A-Za-z0-9._-]{0,190}"
_REQUEST = rf"https?://{_ADDRESS}|#?[0-9]{{1,12}}"


@dataclass(frozen=True)
class Kind:
    """One kind of value.

    `pattern` is what a text must match as a whole; None for numbers, of which `largest` is the
    greatest there may be (the least is 0), and for yes or no where that is None too. `meaning` is
    for people who look at what leaves.
    """

    meaning: str
    pattern: str | None = None
    largest: int | None = None
    nullable: bool = False

    @property
    def optional(self) -> Kind:
        """The same, or null."""
        return Kind(self.meaning, self.pattern, self.largest, nullable=True)

    def takes(self, text: str) -> bool:
        """Whether a text is of this kind."""
        return self.pattern is not None and re.fullmatch(self.pattern, text) is not None


def _words(meaning: str, *words: str) -> Kind:
    return Kind(meaning, "|".join(words))


AGENT: Final = Kind("an agent's name", r"[a-z0-9][a-z0-9._-]{0,63}")
IDENTIFIER: Final = Kind("an identifier that a program made", f"{HIDDEN}|{_IDENTIFIER}")
MOMENT: Final = Kind("microseconds since 1970, UTC", largest=253_402_300_799_000_000)
COUNT: Final = Kind("a count", largest=2**53)
NUMBER: Final = Kind("a line number or a number of lines", largest=2**31 - 1)
HASH: Final = Kind("a keyed hash", largest=2**64 - 1)
FLAG: Final = Kind("yes or no")
TREE: Final = Kind("a keyed hash of a working tree, and the address of its repository", _TREE)
PATH: Final = Kind(
    "a path inside a repository, or a keyed hash of one outside", rf"file:{_HEX}|{_TREE}//{_WITHIN}"
)
BRANCH: Final = Kind("a branch", f"{HIDDEN}|{_REF}")
COMMIT: Final = Kind("a commit id", _COMMIT)
ADDRESS: Final = Kind("the address of a repository", _SOMEWHERE)
PERSON: Final = Kind("an e-mail address", f"{HIDDEN}|{_PERSON}")
ACCOUNT: Final = Kind("an account or e-mail address", f"{HIDDEN}|{_PERSON}|{_IDENTIFIER}")
NAME: Final = Kind(
    "the name of a model, provider or tool", r"[A-Za-z0-9_<][A-Za-z0-9._:/@+<>\[\]-]{0,127}"
)
REQUEST: Final = Kind("a pull or merge request", _REQUEST)
_DECIDED_BY = _words("who decided", "person", "policy", "automatic").optional

REFERENCES: Final = {
    "commit": COMMIT,
    "branch": BRANCH,
    "pull-request": REQUEST,
    "worktree": TREE,
    "remote": ADDRESS,
}
"""What the value of a `session_reference` is, by its kind."""

KINDS: Final[dict[str, dict[str, Kind]]] = {
    "session": {
        "agent": AGENT,
        "session": IDENTIFIER,
        "started_at": MOMENT,
        "ended_at": MOMENT,
        "cwd": TREE.optional,
        "branch": BRANCH.optional,
        "commit": COMMIT.optional,
        "remote": ADDRESS.optional,
        "user": ACCOUNT.optional,
        "machine_user": PERSON,
        "version": IDENTIFIER.optional,
        "parent": IDENTIFIER.optional,
        "sub_agent": FLAG,
    },
    "turn": {
        "agent": AGENT,
        "turn": IDENTIFIER,
        "session": IDENTIFIER,
        "started_at": MOMENT,
        "ended_at": MOMENT,
        "branch": BRANCH.optional,
        "interrupted": FLAG,
    },
    "model_call": {
        "call": IDENTIFIER,
        "agent": AGENT,
        "session": IDENTIFIER.optional,
        "turn": IDENTIFIER.optional,
        "happened_at": MOMENT,
        "model": NAME.optional,
        "provider": NAME.optional,
        "input_tokens": COUNT,
        "cache_read_tokens": COUNT,
        "cache_write_5m_tokens": COUNT,
        "cache_write_1h_tokens": COUNT,
        "output_tokens": COUNT,
        "reasoning_tokens": COUNT,
        "web_searches": COUNT,
        "tier": NAME.optional,
        "speed": NAME.optional,
        "geography": NAME.optional,
        "reported_cost": COUNT.optional,
        "sub_agent": FLAG,
    },
    "tool_decision": {
        "agent": AGENT,
        "decision": IDENTIFIER,
        "session": IDENTIFIER,
        "turn": IDENTIFIER.optional,
        "happened_at": MOMENT,
        "tool": NAME,
        "accepted": FLAG,
        "decided_by": _DECIDED_BY,
    },
    "activity": {
        "agent": AGENT,
        "session": IDENTIFIER,
        "turn": IDENTIFIER.optional,
        "actor": _words("who acted", "person", "agent"),
        "started_at": MOMENT,
        "ended_at": MOMENT,
    },
    "session_reference": {
        "agent": AGENT,
        "session": IDENTIFIER,
        "turn": IDENTIFIER.optional,
        "kind": _words("what is named", *REFERENCES),
        "value": Kind(
            "what it is, by its kind", "|".join(kind.pattern or "" for kind in REFERENCES.values())
        ),
        "happened_at": MOMENT,
    },
    "edit": {
        "edit": HASH,
        "agent": AGENT,
        "name": IDENTIFIER,
        "session": IDENTIFIER,
        "turn": IDENTIFIER.optional,
        "happened_at": MOMENT,
        "path": PATH,
        "moved_to": PATH.optional,
        "tool": NAME,
        "kind": _words("what it did", "create", "update", "delete", "rename", "shell"),
        "status": _words("what became of it", "applied", "refused", "failed"),
        "decided_by": _DECIDED_BY,
        "changed_by_user": FLAG,
        "lines_added": NUMBER,
        "lines_removed": NUMBER,
        "before_lines": NUMBER.optional,
    },
    "edit_line": {
        "edit": HASH,
        "added": FLAG,
        "ordinal": NUMBER,
        "change": NUMBER,
        "line_number": NUMBER.optional,
        "text_hash": HASH,
        "token_hash": HASH,
        "trivial": FLAG,
    },
    "edit_before": {
        "edit": HASH,
        "line_number": NUMBER,
        "text_hash": HASH,
        "trivial": FLAG,
    },
}
"""The kind of every column, by table: all that leaves."""
