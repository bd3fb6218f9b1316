"""Claude Code: what was let through or refused and by whom; commands, commits, requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.sources.agents.claude_code_logs import (
    PROJECT,
    asks,
    capture,
    line,
    log,
    prompt,
    read,
    result,
    told,
)

from landed.sources.agents.contract import Change

INTERRUPTED = "[Request interrupted by user for tool use]"


def test_where_permission_is_refused_nothing_is_applied() -> None:
    found = capture("denied")
    assert [(told(edit), edit.decided_by) for edit in found.edits] == [
        (("Write", "calc.py", "refused"), "policy"),
        (("Edit", "calc.py", "refused"), "policy"),
    ]
    assert [len(change.added) for edit in found.edits for change in edit.changes] == [6, 2]
    assert [decision.accepted for decision in found.decisions] == [False, False, False]
    assert sum(call.output_tokens for call in found.calls) == 486


def test_rules_may_let_reads_through_and_stop_what_changes_files() -> None:
    assert [(told(edit), edit.kind) for edit in capture("refused").edits] == [
        (("Edit", "shop.py", "refused"), "update"),
        (("Write", "x.py", "refused"), "create"),
        (("Bash", "project", "refused"), "shell"),
    ]
    assert [(told(edit), edit.decided_by) for edit in capture("accepted").edits] == [
        (("Edit", "shop.py", "applied"), "automatic"),
        (("Write", "x.py", "applied"), "automatic"),
        (("Bash", "project", "applied"), "policy"),
    ]


def test_a_heredoc_is_a_shell_edit_and_a_look_is_none() -> None:
    shells = [edit for edit in capture("shop").edits if edit.kind == "shell"]
    assert [(edit.path, edit.changes, edit.status) for edit in shells] == [(PROJECT, (), "applied")]


def test_an_edit_that_fails_keeps_what_was_proposed() -> None:
    (failed,) = [edit for edit in capture("shop").edits if edit.status == "failed"]
    assert failed.changes == (Change(("nowhere",), ("x",)),)
    assert failed.decided_by is None
    assert failed.edit not in {decision.decision for decision in capture("shop").decisions}


def test_commits_are_known_by_what_git_printed() -> None:
    assert [(named.kind, named.value) for named in capture("shop").references] == [
        ("commit", "abb9fc6")
    ]


def test_a_person_who_says_no_is_the_one_who_refused(tmp_path: Path) -> None:
    no = "The user doesn't want to proceed with this tool use. The tool use was rejected"
    path = log(
        tmp_path,
        prompt(0),
        asks(1, "Edit", file_path="/a.py", old_string="x\ny", new_string="x\nz"),
        result(2, f"Error: {no}", error=True),
        asks(3, "Bash", command="rm a.py"),
        result(4, "Error: no", error=True, toolDenialKind="user-rejected"),
        asks(5, "Bash", command="rm b.py"),
        result(6, "Error: no", error=True, toolDenialKind="permission-rule"),
        line("user", 7, message={"content": [{"type": "text", "text": INTERRUPTED}]}),
    )
    found = read(path)
    assert [(edit.status, edit.decided_by) for edit in found.edits] == [
        ("refused", "person"),
        ("refused", "person"),
        ("refused", "policy"),
    ]
    assert found.edits[0].changes == (Change(("y",), ("z",)),)
    assert [turn.interrupted for turn in found.turns] == [True]
    # the prompt, two refusals and the interruption
    seconds = [span.started_at % 60_000_000 for span in found.activities if span.by == "person"]
    assert seconds == [0, 2_000_000, 4_000_000, 7_000_000]


def test_who_let_an_edit_through_follows_from_the_mode(tmp_path: Path) -> None:
    def decided(tool: str, **more: Any) -> str | None:
        given = {"file_path": "/a", "content": "x\n", "command": "rm x"}
        first = prompt(0) | more
        told = {"type": "create", "filePath": "/a", "content": "x\n"}
        path = log(tmp_path, first, asks(1, tool, **given), result(2, told) | more)
        return read(path).decisions[0].decided_by

    assert decided("Write") == "person"
    assert decided("Bash") is None
    assert decided("Write", permissionMode="acceptEdits") == "automatic"
    assert decided("Bash", permissionMode="acceptEdits") is None
    assert decided("Bash", permissionMode="bypassPermissions") == "automatic"
    assert decided("Write", permissionMode="plan") is None
    assert decided("Write", entrypoint="sdk-cli") == "policy"


def test_a_pull_request_that_a_command_opened_is_named_once(tmp_path: Path) -> None:
    operation = {"pr": {"number": 7, "url": "https://x.test/pull/7"}, "commit": {"sha": "abc1234"}}
    told = {"stdout": "[main abc1234] Fix\n[main def5678] More", "gitOperation": operation}
    path = log(
        tmp_path, prompt(0), asks(1, "Bash", command="git commit && gh pr create"), result(2, told)
    )
    assert [(named.kind, named.value) for named in read(path).references] == [
        ("commit", "abc1234"),
        ("pull-request", "https://x.test/pull/7"),
        ("commit", "def5678"),
    ]


def test_the_permission_mode_may_change_between_prompts(tmp_path: Path) -> None:
    path = log(
        tmp_path,
        prompt(0),
        {"type": "permission-mode", "permissionMode": "acceptEdits", "sessionId": "s"},
        asks(1, "Write", file_path="/a", content="x\n"),
        result(2, {"type": "create", "filePath": "/a", "content": "x\n"}),
    )
    assert read(path).edits[0].decided_by == "automatic"


def test_a_command_that_ends_in_an_error_may_have_changed_files(tmp_path: Path) -> None:
    path = log(
        tmp_path,
        prompt(0),
        asks(1, "Bash", command="sed -i s/a/b/ x.py && pytest"),
        result(2, "Error: Exit code 1\nfailed", error=True),
    )
    assert [(edit.kind, edit.status) for edit in read(path).edits] == [("shell", "applied")]
