"""Claude Code's tool calls and their answers: what was let through, by whom, what it changed."""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

from landed.sources.agents.claude_code_edits import Files
from landed.sources.agents.contract import DecidedBy, Edit, Reading, Status
from landed.sources.agents.shell import commits_made, may_change_files

ReferenceKind = Literal["commit", "branch", "pull-request", "worktree", "remote"]

_EDITING = frozenset({"Edit", "MultiEdit", "Write", "NotebookEdit"})
_SHELLS = frozenset({"Bash", "PowerShell"})
DECIDED = _EDITING | _SHELLS
"""The tools that are asked about before they run, unless the permission mode lets them through."""

_LETS_ALL_THROUGH = frozenset({"auto", "bypassPermissions", "dontAsk"})
_REFUSED_BY_PERSON = (
    "The user doesn't want to proceed",
    "The user doesn't want to take this action",
    "[Request interrupted by user",
    "User rejected tool use",
)
_REFUSED_BY_POLICY = re.compile(
    r"requested permissions? to|haven't granted|requires? (?:manual )?approval"
    r"|was blocked\. For security|(?i:\bhook\b).{0,80}(?:denied|blocked)|blocked by .{0,40}hook"
    r"|Permission to .{1,1000} has been (?:auto-)?denied|has been denied by"
)
_GIT = re.compile(r"\bg(?:it|h)\b")
_KINDS_OF_PERSON = frozenset({"user-rejected", "interrupted", "cancelled"})


class Asked(NamedTuple):
    """A tool call: the tool, its input, and the model call that asked for it."""

    tool: str
    given: dict[str, Any]
    call: str | None


class Outcome(NamedTuple):
    """What became of a tool call, and who decided, where the log tells."""

    status: Status
    decided_by: DecidedBy | None


class Answered(NamedTuple):
    """An answered tool call; the edit's own key, session, turn and time are still to be set."""

    outcome: Outcome
    edit: Edit | None
    references: list[tuple[ReferenceKind, str]]


class Tools:
    """The tool calls of one transcript that wait for an answer, and the files they changed.

    `unanswered` are the calls that an earlier reading has seen; `refused` are the paths whose
    last edit was refused, and by whom.
    """

    def __init__(
        self, files: Files, unanswered: list[str], refused: dict[str, DecidedBy | None]
    ) -> None:
        self.files = files
        self.refused = dict(refused)
        self._asked: dict[str, Asked] = {}
        self._earlier = set(unanswered)

    def unanswered(self) -> list[str]:
        """Return the calls that wait for an answer."""
        return sorted(self._earlier.union(self._asked))

    def drop_unanswered(self) -> None:
        """Wait for no answer any more."""
        self._asked.clear()
        self._earlier.clear()

    def ask(self, block: dict[str, Any], call: str | None, reading: Reading) -> None:
        """Take a `tool_use` block of the model call `call`."""
        key, tool, given = block.get("id"), block.get("name"), block.get("input")
        if isinstance(key, str) and isinstance(tool, str) and isinstance(given, dict):
            self._asked[key] = Asked(tool, given, call)
        else:
            reading.fault("missing-field")

    def asked(self, key: str) -> Asked | None:
        """Return the call that an answer belongs to; it waits no more."""
        return self._asked.pop(key, None)

    def was_asked(self, key: str) -> bool:
        """Tell whether an earlier reading has seen the call unanswered; it waits no more."""
        known = key in self._earlier
        self._earlier.discard(key)
        return known

    def concerns(self, asked: Asked, record: dict[str, Any], answer: dict[str, Any]) -> bool:
        """Tell whether an answer has anything to say: what only looks, and may, has not."""
        return (
            asked.tool in DECIDED
            or answer.get("is_error") is True
            or record.get("isSidechain") is True
        )

    def answer(
        self, asked: Asked, record: dict[str, Any], answer: dict[str, Any], mode: str | None
    ) -> Answered:
        """Return what an answer says of the call; `record` is the line that holds it."""
        tool, given, _ = asked
        cwd = record.get("cwd")
        directory = cwd if isinstance(cwd, str) else ""
        text = text_of(answer.get("content"))
        result = record.get("toolUseResult")
        outcome = Outcome("applied", _let_through(tool, record, mode))
        if answer.get("is_error") is True:
            outcome = self._not_done(tool, text, record, outcome)
        if tool in _EDITING:
            return self._edit(tool, given, result, text, directory, outcome)
        if tool not in _SHELLS:
            if tool == "Read" and record.get("isSidechain") is True:
                self.files.shown(given, text, directory)
            return Answered(outcome, None, [])
        edit = None
        command = given.get("command")
        if isinstance(command, str) and may_change_files(command):
            edit = Edit("", "", None, 0, directory, tool, outcome.status, "shell")
            edit.decided_by = outcome.decided_by
        runs_git = isinstance(command, str) and _GIT.search(command) is not None
        return Answered(outcome, edit, _references(result, text) if runs_git else [])

    def _not_done(
        self, tool: str, text: str, record: dict[str, Any], let_through: Outcome
    ) -> Outcome:
        """Return what became of a call whose answer is an error."""
        result = record.get("toolUseResult")
        said = (result if isinstance(result, str) else text).removeprefix("Error: ")
        said = said.removeprefix("<tool_use_error>")
        kind = record.get("toolDenialKind")
        denial = kind if isinstance(kind, str) else None
        if denial in _KINDS_OF_PERSON or said.startswith(_REFUSED_BY_PERSON):
            return Outcome("refused", "person")
        if denial is not None or _REFUSED_BY_POLICY.search(said, 0, 2000):
            return Outcome("refused", "policy")
        if tool in _SHELLS and said.startswith("Exit code"):
            return let_through  # it ran, and may have changed files before it gave up
        return Outcome("failed", None)

    def _edit(
        self,
        tool: str,
        given: dict[str, Any],
        result: Any,
        text: str,
        cwd: str,
        outcome: Outcome,
    ) -> Answered:
        if outcome.status == "applied":
            done = self.files.applied(tool, given, result, text, cwd)
        else:
            done = self.files.proposed(tool, given, cwd)
        if done is None:
            return Answered(outcome, None, [])
        if outcome.status == "applied":
            self.refused.pop(done.path, None)
        elif outcome.status == "refused":
            self.refused[done.path] = outcome.decided_by
        elif done.path in self.refused:
            # it fails for want of what was refused before: it is refused with that
            outcome = Outcome("refused", self.refused[done.path])
        kind: Literal["create", "update"] = "create" if done.creates else "update"
        edit = Edit("", "", None, 0, done.path, tool, outcome.status, kind, done.changes)
        edit.before = done.before
        edit.decided_by = outcome.decided_by
        edit.changed_by_user = isinstance(result, dict) and result.get("userModified") is True
        return Answered(outcome, edit, [])


def text_of(content: Any) -> str:
    """Return the text of a message's content, which is a text or a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = (part.get("text") for part in content if isinstance(part, dict))
    return "\n".join(text for text in texts if isinstance(text, str))


def _let_through(tool: str, record: dict[str, Any], mode: str | None) -> DecidedBy | None:
    """Return who let a tool call through that was carried out.

    At a terminal in the default mode a person is asked about every edit; commands that only look
    are let through unasked, so that of a command it cannot be told. Without a terminal (`claude
    -p`) only rules can let one through.
    """
    if mode in _LETS_ALL_THROUGH or (mode == "acceptEdits" and tool in _EDITING):
        return "automatic"
    if mode is None:
        return None
    if record.get("entrypoint") == "sdk-cli":
        return "policy"
    return "person" if mode == "default" and tool in _EDITING else None


def _references(result: Any, text: str) -> list[tuple[ReferenceKind, str]]:
    """Return the commits and pull requests that a command made."""
    found: list[tuple[ReferenceKind, str]] = []
    told = result if isinstance(result, dict) else {}
    operation = told.get("gitOperation")
    operation = operation if isinstance(operation, dict) else {}
    commit, request = operation.get("commit"), operation.get("pr")
    if isinstance(commit, dict) and isinstance(commit.get("sha"), str):
        found.append(("commit", commit["sha"]))
    if isinstance(request, dict) and isinstance(request.get("url"), str):
        found.append(("pull-request", request["url"]))
    stdout = told.get("stdout")
    printed = stdout if isinstance(stdout, str) else text
    if printed.startswith("[") or "\n[" in printed:
        for made in commits_made(printed):
            if ("commit", made) not in found:
                found.append(("commit", made))
    return found
