"""The tools that Gemini CLI and its relatives have in common: `write_file`, `replace`, `edit`.

Their results show the whole file before and after; a failed or refused call only what it was
given.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from landed.sources.agents.contract import Change
from landed.sources.agents.differences import difference
from landed.sources.agents.fields import inner, mapping, text, whole
from landed.sources.agents.file_edits import FileEdit, Kind
from landed.sources.agents.patches import replaced, unified, whole_text

EDITING = frozenset({"edit", "replace", "smart_edit", "write_file"})
SHELL = "run_shell_command"


class Tokens(NamedTuple):
    """The tokens of one answer, each once: input from no cache, input from one, output."""

    fresh: int
    cached: int
    output: int
    reasoning: int


def tokens_of(
    prompt: int, cached: int, answer: int, thoughts: int, tools: int, total: int
) -> Tokens | None:
    """Tell the classes of tokens apart, None where there are none.

    The cached input stands inside the prompt. The thoughts stand beside the answer where the
    total needs them for its sum, else inside.
    """
    if not (prompt or answer or thoughts):
        return None
    beside = total != prompt + answer + tools
    cached = min(cached, prompt)
    output = answer + thoughts if beside else answer
    return Tokens(prompt + tools - cached, cached, output, min(thoughts, output))


def file_edit(tool: str, given: dict[str, Any], shown: object) -> FileEdit | None:
    """Return what a call of an editing tool did, or would have done, to its file."""
    path = text(given, "file_path") or text(shown, "filePath")
    if path is None:
        return None
    before, after = inner(shown, "originalContent"), inner(shown, "newContent")
    changed = bool(_count(shown, "user_added_lines") or _count(shown, "user_removed_lines"))
    created = inner(shown, "isNewFile") is True
    if before is None and isinstance(after, str):
        before, created = "", True
    if isinstance(before, str) and isinstance(after, str):
        created = created or (before == "" and tool == "write_file")
        kind: Kind = "create" if created else "update"
        return FileEdit(path, kind, difference(before, after), None, before, changed)
    patches = unified(text(shown, "fileDiff") or "") or []
    return FileEdit(
        path,
        "update",
        patches[0].changes if patches else _given(given),
        changed_by_user=changed,
    )


def _given(given: dict[str, Any]) -> tuple[Change, ...]:
    content = text(given, "content")
    if content is not None:
        return whole_text(content)
    return replaced(given.get("old_string"), given.get("new_string"))


def _count(shown: object, name: str) -> int:
    return whole(mapping(shown, "diffStat"), name)
