"""What the author, branch, description and labels of a request say of who wrote it."""

from __future__ import annotations

import pytest

from landed.attribution.requests import LONGEST_TEXT, RequestMatcher
from landed.attribution.signals import load_signals
from landed.config import SignalSettings
from landed.sources.forges.signals import Place, SignalMatch

MATCHER = RequestMatcher(load_signals())


def rules(place: Place, text: str, matcher: RequestMatcher = MATCHER) -> list[str]:
    return [match.rule for match in matcher(place, text)]


def only(place: Place, text: str) -> SignalMatch:
    matches = MATCHER(place, text)
    assert len(matches) == 1, matches
    return matches[0]


@pytest.mark.parametrize(
    ("login", "agent"),
    [
        ("copilot-swe-agent[bot]", "copilot"),
        ("copilot[bot]", "copilot"),
        ("claude[bot]", "claude-code"),
        ("devin-ai-integration[bot]", "devin"),
        ("google-labs-jules[bot]", "jules"),
        ("chatgpt-codex-connector[bot]", "codex"),
        ("cursor[bot]", "cursor"),
        ("cursoragent", "cursor"),
        ("factory-droid[bot]", "factory-droid"),
        ("sweep-ai[bot]", "sweep"),
    ],
)
def test_an_agents_user_name_is_its_word(login: str, agent: str) -> None:
    match = only("author", login)

    assert (match.who, match.agent, match.grade) == ("ai", agent, "declared")


@pytest.mark.parametrize("login", ["dependabot[bot]", "renovate[bot]", "github-actions[bot]"])
def test_programs_are_automation(login: str) -> None:
    match = only("author", login)

    assert (match.who, match.agent, match.grade) == ("automation", None, "declared")


@pytest.mark.parametrize(
    "login",
    ["claude", "devin", "copilot", "dependabot", "claude[bot]2", "my-claude[bot]", "cursor", ""],
)
def test_names_alone_are_no_signal(login: str) -> None:
    assert rules("author", login) == []


@pytest.mark.parametrize(
    ("branch", "agent"),
    [
        ("claude/fix-cart-0a1", "claude-code"),
        ("copilot/fix-42", "copilot"),
        ("codex/add-tests", "codex"),
        ("Cursor/sums-12ab", "cursor"),
        ("devin/1730000000-cart", "devin"),
        ("opencode/issue7", "opencode"),
        ("openhands/fix", "openhands"),
        ("sweep/cart", "sweep"),
    ],
)
def test_a_branch_name_alone_is_inferred(branch: str, agent: str) -> None:
    match = only("branch", branch)

    assert (match.who, match.agent, match.grade) == ("ai", agent, "inferred")


@pytest.mark.parametrize("branch", ["feature/claude/x", "claude", "claude-fix", "main"])
def test_other_branches_say_nothing(branch: str) -> None:
    assert rules("branch", branch) == []


@pytest.mark.parametrize(
    ("line", "rule", "session"),
    [
        (
            "🤖 Generated with [Claude Code](https://claude.com/claude-code)",
            "claude-code-request",
            None,
        ),
        (
            "Generated with [Claude Code](https://claude.ai/code)",
            "claude-code-request",
            None,
        ),
        (
            "https://claude.ai/code/session_01AbCdEfGhIjKlMnOpQrStUv",
            "claude-code-request-session",
            "session_01AbCdEfGhIjKlMnOpQrStUv",
        ),
        ("<!-- START COPILOT CODING AGENT TIPS -->", "copilot-request", None),
        (
            "https://chatgpt.com/codex/tasks/task_e_0123456789abcdef",
            "codex-request",
            "task_e_0123456789abcdef",
        ),
        (
            "[Codex Task](https://chatgpt.com/codex/tasks/task_e_0123456789abcdef)",
            "codex-request",
            "task_e_0123456789abcdef",
        ),
        ("<!-- CURSOR_AGENT_PR_BODY_BEGIN -->", "cursor-request", None),
        (
            '<a href="https://cursor.com/background-agent?bcId=bc-0123-4567-89ab">Open</a>',
            "cursor-request",
            "bc-0123-4567-89ab",
        ),
        (
            "- Link to Devin run: https://app.devin.ai/sessions/0123456789abcdef0123456789abcdef",
            "devin-request",
            "0123456789abcdef0123456789abcdef",
        ),
        (
            "*PR created automatically by Jules for task [123456](https://example.com) started*",
            "jules-request",
            "123456",
        ),
        ("🤖 Generated with [opencode](https://opencode.ai)", "opencode-request", None),
        ("🤖 Generated with Codebuff", "codebuff-request", None),
    ],
)
def test_the_line_that_an_agent_puts_into_the_description(
    line: str, rule: str, session: str | None
) -> None:
    match = only("request-body", f"## Summary\r\n\r\nSums the prices.\r\n\r\n{line}\r\n")

    assert (match.rule, match.grade, match.session) == (rule, "declared", session)


@pytest.mark.parametrize(
    "text",
    [
        "> 🤖 Generated with [Claude Code](https://claude.com/claude-code)",
        "```\n🤖 Generated with [Claude Code](https://claude.com/claude-code)\n```",
        "    Generated with [opencode](https://opencode.ai)",
        "We strip `Generated with [Claude Code](https://claude.com/claude-code)` from messages",
        "Adds a link to https://app.devin.ai/sessions/ID",
        "Documents cursor.com/agents",
        "Claude and Devin reviewed this.",
        "",
    ],
)
def test_quotations_and_mentions_say_nothing(text: str) -> None:
    assert rules("request-body", text) == []


def test_a_label_counts_as_a_whole() -> None:
    assert rules("label", "Claude-Code-Assisted") == ["claude-code-label"]
    assert rules("label", "not claude-code-assisted") == []


def test_a_rule_is_told_once_however_often_it_stands_there() -> None:
    line = "🤖 Generated with [Claude Code](https://claude.com/claude-code)"

    assert rules("request-body", f"{line}\n{line} again") == ["claude-code-request"]


def test_only_the_beginning_of_a_huge_description_is_read() -> None:
    line = "\n🤖 Generated with [Claude Code](https://claude.com/claude-code)"

    assert rules("request-body", "x" * (LONGEST_TEXT - 1000) + line) == ["claude-code-request"]
    assert rules("request-body", "x" * LONGEST_TEXT + line) == []


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 5_000_000,
        "a" * 5_000_000,
        "https://app.devin.ai/sessions/" * 200_000,
        "PR created automatically by Jules for task [" + "1" * 1_000_000,
        "".join(f"*{number}* https://chatgpt.com/codex/\n" for number in range(100_000)),
        "\0\x1b[2J\u202e" * 100_000,
    ],
)
def test_hostile_descriptions_say_nothing_and_end(text: str) -> None:
    assert rules("request-body", text) == []


def test_own_signals_stand_before_the_built_in_ones() -> None:
    own = [
        SignalSettings(where="label", match="AI: inhouse", agent="inhouse", model="inhouse-7b"),
        SignalSettings(where="login", match="release-runner", who="automation"),
        SignalSettings(where="branch", match="claude/", who="human"),
        SignalSettings(where="request-body", match="Made by inhouse", agent="inhouse"),
    ]
    matcher = RequestMatcher(load_signals(own))

    labelled = matcher("label", "ai: inhouse")[0]
    assert (labelled.agent, labelled.model, labelled.grade) == ("inhouse", "inhouse-7b", "declared")
    assert [match.who for match in matcher("author", "Release-Runner")] == ["automation"]
    assert [(m.who, m.grade) for m in matcher("branch", "claude/x")] == [("human", "inferred")]
    assert [match.agent for match in matcher("request-body", "x\nMade by inhouse.")] == ["inhouse"]
