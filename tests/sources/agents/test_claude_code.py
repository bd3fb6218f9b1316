"""Claude Code: whose session, which turn, who was at work, and what it names in git."""

from __future__ import annotations

from pathlib import Path

from tests.sources.agents.claude_code_logs import PROJECT, answer, capture, log, prompt, read


def test_a_session_says_where_it_ran_and_its_turn_is_the_prompt() -> None:
    found = capture("calc")
    (session,) = found.sessions
    assert (session.session, session.cwd, session.branch, session.version) == (
        "1fb08660-bd09-4d86-a0eb-108746d66431",
        PROJECT,
        "master",
        "2.1.197",
    )
    (turn,) = found.turns
    assert turn.turn == "837ed0d6-30e6-4584-b290-c989428e5847"
    assert {call.turn for call in found.calls} == {edit.turn for edit in found.edits} == {turn.turn}
    # 19:35:44.362 to 19:35:44.747
    assert turn.ended_at - turn.started_at == 385_000


def test_prompts_of_a_session_are_turns_of_their_own() -> None:
    found = capture("shop")
    assert [turn.turn[:4] for turn in found.turns] == ["18cf", "7f31", "7a76"]
    calls = [sum(call.turn == turn.turn for call in found.calls) for turn in found.turns]
    assert calls == [8, 2, 4]
    assert [span.by for span in found.activities].count("person") == 3
    assert [span.by for span in found.activities].count("agent") == 3


def test_a_sub_agent_works_for_the_turn_that_spawned_it() -> None:
    found, parent = capture("shop-sub-agent"), capture("shop").sessions[0].session
    (session,) = found.sessions
    assert (session.parent, session.sub_agent) == (parent, True)
    assert session.session == f"{parent}/af11af01ff10a5956"
    (turn,) = found.turns
    assert (turn.turn[:4], turn.session) == ("7f31", parent)
    assert {call.turn for call in found.calls} == {turn.turn}
    assert {call.sub_agent for call in found.calls} == {True}
    assert [span.by for span in found.activities] == ["agent"]


def test_a_worktree_names_its_branch_and_the_commit_it_began_at() -> None:
    found = capture("worktree")
    assert found.sessions[0].commit == "0bb5ff7ef168f85317d98029269e43df9ec04220"
    assert [(named.kind, named.value) for named in found.references] == [
        ("worktree", f"{PROJECT}/.claude/worktrees/wt"),
        ("branch", "worktree-wt"),
    ]


def test_work_is_one_span_until_it_rests_for_more_than_five_minutes(tmp_path: Path) -> None:
    path = log(tmp_path, prompt(0), answer(10), answer(310), answer(611), answer(640))
    spans = [span for span in read(path).activities if span.by == "agent"]
    begin = spans[0].started_at
    moments = [(span.started_at - begin, span.ended_at - begin) for span in spans]
    assert moments == [(0, 310_000_000), (611_000_000, 640_000_000)]


def test_what_the_program_writes_for_the_user_is_no_prompt(tmp_path: Path) -> None:
    path = log(
        tmp_path,
        prompt(0),
        prompt(1, "<local-command-stdout>ok</local-command-stdout>", promptId="p0"),
        prompt(2, "a reminder", isMeta=True, promptId="p0"),
        prompt(3, "so far …", isCompactSummary=True, promptId="p0"),
        prompt(4, "a task ended", origin={"kind": "task-notification"}, promptId="p0"),
        prompt(5, "typed", origin={"kind": "human"}),
    )
    found = read(path)
    assert [span.turn for span in found.activities if span.by == "person"] == ["p0", "p5"]


def test_older_versions_have_turns_by_the_lines_of_their_prompts(tmp_path: Path) -> None:
    first, second = prompt(0), prompt(5)
    del first["promptId"], second["promptId"]
    found = read(log(tmp_path, first, answer(1, "r1"), second, answer(6, "r2")))
    assert [(call.call, call.turn) for call in found.calls] == [("r1", "line-0"), ("r2", "line-5")]


def test_a_fork_begins_with_its_own_first_prompt() -> None:
    original, fork = capture("shop"), capture("fork")
    (session,) = fork.sessions
    assert session.started_at > original.sessions[0].ended_at
    assert [turn.branch for turn in fork.turns] == [None, None, None, "feature/mean"]
    assert {span.turn for span in fork.activities} == {fork.turns[3].turn}


def test_lines_that_name_their_original_are_told_as_its(tmp_path: Path) -> None:
    copied = {"forkedFrom": {"sessionId": "origin", "messageUuid": "u"}}
    path = log(tmp_path, prompt(0) | copied, answer(1, "r1") | copied, prompt(5), answer(6, "r2"))
    found = read(path)
    assert [(call.call, call.session) for call in found.calls] == [("r1", "origin"), ("r2", "s")]
    assert [(session.session, session.parent) for session in found.sessions] == [
        ("origin", None),
        ("s", "origin"),
    ]
    assert {span.session for span in found.activities} == {"s"}


def test_a_session_links_its_pull_request(tmp_path: Path) -> None:
    path = log(
        tmp_path,
        prompt(0),
        {"type": "pr-link", "sessionId": "s", "prNumber": 7, "prUrl": "https://x.test/pull/7"},
        answer(3),
    )
    assert [(named.kind, named.value, named.turn) for named in read(path).references] == [
        ("pull-request", "https://x.test/pull/7", "p0")
    ]


def test_a_detached_head_is_no_branch(tmp_path: Path) -> None:
    assert read(log(tmp_path, prompt(0, gitBranch="HEAD"))).turns[0].branch is None
