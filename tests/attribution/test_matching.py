"""What commits' people and messages say of who wrote them."""

from __future__ import annotations

import pytest

from landed.attribution.matching import Matcher, Statement
from landed.attribution.signals import load_signals
from landed.config import SignalSettings
from landed.sources.git.messages import Message

MATCHER = Matcher(load_signals())
ANA = ("Ana", "ana@example.com")
GITHUB = ("GitHub", "noreply@github.com")


def commit(
    message: str,
    author: tuple[str, str] = ANA,
    committer: tuple[str, str] | None = None,
) -> Message:
    return Message("0" * 40, *author, *(committer or author), message.encode(), "utf-8")


def said(found: Message, matcher: Matcher = MATCHER) -> list[tuple[str, str | None, str]]:
    return [(say.who, say.agent, say.grade) for say in matcher.match(found)]


def only(found: Message) -> Statement:
    statements = MATCHER.match(found)
    assert len(statements) == 1, statements
    return statements[0]


def trailer(row: str) -> Message:
    return commit(f"Add the cart\n\nIt sums prices.\n\n{row}\n")


@pytest.mark.parametrize(
    ("row", "agent", "model"),
    [
        ("Co-Authored-By: Claude <noreply@anthropic.com>", "claude-code", None),
        ("Co-authored-by: Claude Code <noreply@anthropic.com>", "claude-code", None),
        (
            "Co-Authored-By: Claude Opus 4.8 (1M context) <noreply@anthropic.com>",
            "claude-code",
            "Claude Opus 4.8 (1M context)",
        ),
        (
            "Co-authored-by: Anthropic Claude Sonnet 4 <claude@anthropic.com>",
            "claude-code",
            "Claude Sonnet 4",
        ),
        ("Co-authored-by: Copilot <223556219+Copilot@users.noreply.github.com>", "copilot", None),
        ("Co-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>", "copilot", None),
        ("Co-authored-by: codex (GPT-5.4) <noreply@openai.com>", "codex", "GPT-5.4"),
        ("Assisted-by: OpenAI GPT-5 <noreply@openai.com>", "codex", "GPT-5"),
        ("Co-authored-by: Cursor <cursoragent@cursor.com>", "cursor", None),
        ("Made-with: Cursor", "cursor", None),
        ("Co-authored-by: Amp <amp@ampcode.com>", "amp", None),
        ("Co-authored-by: opencode <noreply@opencode.ai>", "opencode", None),
        ("Co-authored-by: OpenHands-GPT-5 openhands@all-hands.dev", "openhands", "GPT-5"),
        ("Co-authored-by: Continue <noreply@continue.dev>", "continue", None),
        ("Assisted-by: Crush:glm-4.6", "crush", "glm-4.6"),
        ("Co-authored-by: Qwen-Coder <qwen-coder@alibabacloud.com>", "qwen-code", None),
        ("Co-Authored-By: Warp <agent@warp.dev>", "warp", None),
        ("Co-Authored-By: Oz <oz-agent@warp.dev>", "warp", None),
        ("Co-authored-by: Junie <junie@jetbrains.com>", "junie", None),
        ("Co-authored-by: Roo <roomote@roocode.com>", "roo", None),
        ("Replit-Commit-Author: Agent", "replit", None),
        ("Co-authored-by: aider (gpt-5) <aider@aider.chat>", "aider", "gpt-5"),
        (
            "Co-authored-by: aider (openrouter/deepseek/deepseek-r1:free) <noreply@aider.dev>",
            "aider",
            "openrouter/deepseek/deepseek-r1:free",
        ),
        ("Assisted-by: Claude:claude-3-opus coccinelle sparse", "claude-code", "claude-3-opus"),
        ("Assisted-by: Gemini CLI:gemini-3-pro", "gemini-cli", "gemini-3-pro"),
        ("X-AI-Model: claude-opus-4-5", "claude-mpm", "claude-opus-4-5"),
    ],
)
def test_a_trailer_names_the_agent_and_where_it_does_the_model(
    row: str, agent: str, model: str | None
) -> None:
    statement = only(trailer(row))

    assert (statement.who, statement.agent, statement.model) == ("ai", agent, model)
    assert (statement.grade, statement.source) == ("declared", "trailer")


@pytest.mark.parametrize(
    ("row", "session"),
    [
        ("Claude-Session: https://claude.ai/code/session_01", "https://claude.ai/code/session_01"),
        ("Copilot-Session: 0b5e", "0b5e"),
        ("Agent-Logs-Url: https://github.com/o/r/agents/1", "https://github.com/o/r/agents/1"),
        ("Amp-Thread-ID: https://ampcode.com/threads/T-1", "https://ampcode.com/threads/T-1"),
        ("Entire-Checkpoint: 0123456789ab", "0123456789ab"),
    ],
)
def test_a_session_trailer_names_the_session(row: str, session: str) -> None:
    assert only(trailer(row)).session == session


@pytest.mark.parametrize(
    ("author", "agent"),
    [
        (("Claude", "noreply@anthropic.com"), "claude-code"),
        (("claude[bot]", "209825114+claude[bot]@users.noreply.github.com"), "claude-code"),
        (("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com"), "copilot"),
        (("Devin AI", "158243242+devin-ai-integration[bot]@users.noreply.github.com"), "devin"),
        (
            (
                "google-labs-jules[bot]",
                "161369871+google-labs-jules[bot]@users.noreply.github.com",
            ),
            "jules",
        ),
        (("Ana (aider)", "ana@example.com"), "aider"),
    ],
)
def test_an_agent_may_be_the_author(author: tuple[str, str], agent: str) -> None:
    statement = only(commit("Add the cart", author, ANA))

    assert (statement.who, statement.agent, statement.source) == ("ai", agent, "author")


@pytest.mark.parametrize(
    "author",
    [
        ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
        ("dependabot-preview[bot]", "27856297+dependabot-preview[bot]@users.noreply.github.com"),
        ("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com"),
        ("Renovate Bot", "bot@renovateapp.com"),
        ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com"),
        ("pre-commit-ci[bot]", "66853113+pre-commit-ci[bot]@users.noreply.github.com"),
        ("semantic-release-bot", "semantic-release-bot@martynus.net"),
    ],
)
def test_automation_is_neither_ai_nor_human(author: tuple[str, str]) -> None:
    assert said(commit("Bump", author)) == [("automation", None, "declared")]


@pytest.mark.parametrize(
    "author",
    [
        ("Devin Smith", "devin@example.com"),
        ("Jay Camp", "jay@example.com"),
        ("TFC", "tfc@ampcode.com"),
        ("Claude Monet", "claude@example.com"),
        ("Copilot", "1234+Copilot@users.noreply.github.com"),
        ("cursor", "cursor@example.com"),
        ("aider", "aider@example.com"),
        ("Jelle", "jelle@openai.com"),
    ],
)
def test_a_name_alone_says_nothing(author: tuple[str, str]) -> None:
    name, email = author

    assert said(commit("Add the cart", author)) == []
    assert said(trailer(f"Co-authored-by: {name} <{email}>")) == []


@pytest.mark.parametrize(
    "row",
    [
        "We used to write Co-Authored-By: Claude <noreply@anthropic.com> by hand.",
        "> Co-Authored-By: Claude <noreply@anthropic.com>",
        "    Co-Authored-By: Claude <noreply@anthropic.com>",
        "Co-Authored-By: Claude <noreply@anthropic.com> is what the hook adds now",
        "```\nCo-Authored-By: Claude <noreply@anthropic.com>\n```",
        "Co-authored-by: Claude",
        "Reviewed-by: Claude <noreply@anthropic.com>",
        "Assisted-by: Jane Roe <jane@example.com>",
        "Assisted-by: https://example.com/discussion",
        "Made-with: Cursors and love",
        "See the part Generated with [Claude Code](https://claude.com/claude-code)",
    ],
)
def test_quotes_and_prose_say_nothing(row: str) -> None:
    assert said(trailer(row)) == []


def test_a_fence_that_never_closes_hides_no_trailer() -> None:
    message = "Add\n\n```\ncode\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n"

    assert said(commit(message)) == [("ai", "claude-code", "declared")]


def test_a_subject_that_looks_like_a_trailer_says_nothing() -> None:
    assert said(commit("Co-Authored-By: Claude <noreply@anthropic.com>")) == []


def test_windows_line_ends_hide_no_trailer() -> None:
    message = "Add\r\n\r\nCo-Authored-By: Claude <noreply@anthropic.com>\r\n"

    assert said(commit(message)) == [("ai", "claude-code", "declared")]


def test_a_line_without_end_bears_nothing_and_holds_nothing_up() -> None:
    assert said(trailer("Co-authored-by: " + "a" * 500_000)) == []


def test_bytes_that_are_no_text_hide_no_trailer() -> None:
    message = commit("")._replace(
        message=b"Caf\xe9 \xff\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n"
    )

    assert said(message) == [("ai", "claude-code", "declared")]


def test_lines_of_the_body_and_the_subject_can_say_it_too() -> None:
    made = "🤖 Generated with [Claude Code](https://claude.com/claude-code)"

    assert said(trailer(made)) == [("ai", "claude-code", "declared")]
    assert said(commit("aider: Add the cart")) == [("ai", "aider", "declared")]
    assert said(commit("raider: Add the cart")) == []


def test_aider_as_committer_alone_is_the_persons_own_change() -> None:
    found = commit("Add the cart", ANA, ("Ana (aider)", "ana@example.com"))

    assert said(found) == [("unknown", None, "none")]


def test_a_weak_trailer_is_only_inferred() -> None:
    weak = trailer("Co-authored-by: Copilot <copilot@github.com>")

    assert said(weak) == [("ai", "copilot", "inferred")]


def test_a_formatter_among_the_authors_has_not_written_the_commit() -> None:
    row = (
        "Co-authored-by: pre-commit-ci[bot] <66853113+pre-commit-ci[bot]@users.noreply.github.com>"
    )

    assert said(trailer(row)) == []


def test_several_agents_are_all_kept_in_the_order_of_the_message() -> None:
    found = trailer(
        "Co-authored-by: Codex <codex@openai.com>\nCo-Authored-By: Claude <noreply@anthropic.com>"
    )

    assert [agent for _, agent, _ in said(found)] == ["codex", "claude-code"]


SQUASH = """Cart totals (#12)

* Add the cart

Co-Authored-By: Claude <noreply@anthropic.com>

* Put the total right
{second}
---------

Co-authored-by: Claude <noreply@anthropic.com>
"""


def test_a_squash_of_which_only_some_commits_bear_the_trailer_is_inferred() -> None:
    found = commit(SQUASH.format(second=""), ANA, GITHUB)

    assert said(found) == [("ai", "claude-code", "inferred")]


def test_a_squash_of_which_all_commits_bear_the_trailer_is_declared() -> None:
    second = "\nCo-Authored-By: Claude <noreply@anthropic.com>\n"

    assert said(commit(SQUASH.format(second=second), ANA, GITHUB)) == [
        ("ai", "claude-code", "declared")
    ]


def test_merges_of_the_main_line_inside_a_squash_bear_nothing_and_do_not_count() -> None:
    second = "\nCo-Authored-By: Claude <noreply@anthropic.com>\n\n* Merge branch 'main' into cart\n"

    assert said(commit(SQUASH.format(second=second), ANA, GITHUB)) == [
        ("ai", "claude-code", "declared")
    ]


def test_an_ordinary_list_in_a_message_is_no_squash() -> None:
    message = (
        "Add the cart\n\n* sums prices\n\n* rounds\n\n"
        "Co-Authored-By: Claude <noreply@anthropic.com>\n"
    )

    assert said(commit(message)) == [("ai", "claude-code", "declared")]


def test_gits_own_squash_message_is_read_commit_by_commit() -> None:
    first, second = "1" * 40, "2" * 40
    message = (
        "Squashed commit of the following:\n\n"
        f"commit {first}\nAuthor: Ana <ana@example.com>\nDate:   Thu Jan 1\n\n    Add the cart\n\n"
        "    Co-Authored-By: Claude <noreply@anthropic.com>\n\n"
        f"commit {second}\nAuthor: Ana <ana@example.com>\nDate:   Thu Jan 1\n\n    Right it\n"
    )

    assert said(commit(message)) == [("ai", "claude-code", "inferred")]


def test_an_agent_as_author_of_a_squash_stays_declared() -> None:
    author = ("Copilot", "198982749+Copilot@users.noreply.github.com")
    found = commit(SQUASH.format(second=""), author, GITHUB)

    assert said(found) == [("ai", "copilot", "declared"), ("ai", "claude-code", "inferred")]


def own(where: str, match: str, **more: str) -> Matcher:
    settings = SignalSettings.model_validate({"where": where, "match": match, **more})
    return Matcher(load_signals([settings]))


def test_own_signals_extend_the_table() -> None:
    author = own("author", "bot@acme.example", agent="acme-coder", model="acme-1")
    by_key = own("trailer", "Acme-Run", agent="acme-coder")
    by_value = own("trailer", "Written-by: acme coder", agent="acme-coder")
    by_address = own("trailer", "Co-authored-by: bot@acme.example", agent="acme-coder")
    subject = own("subject", "[acme]", agent="acme-coder")
    expected = [("ai", "acme-coder", "declared")]

    assert said(commit("Add", ("Bot", "BOT@acme.example")), author) == expected
    assert said(trailer("Acme-Run: 17"), by_key) == expected
    assert said(trailer("Written-By: Acme Coder"), by_value) == expected
    assert said(trailer("Written-By: Acme Coder II"), by_value) == []
    assert said(trailer("Co-authored-by: Bot <bot@acme.example>"), by_address) == expected
    assert said(commit("[acme] Add"), subject) == expected
    assert said(commit("Add", ("Ana", "anybot@acme.example")), author) == []


def test_own_signals_override_the_built_in_ones_on_the_same_text() -> None:
    author = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
    matcher = own("author", author[1], agent="acme-coder")
    found = commit("Add\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n", author)

    assert said(found, matcher) == [
        ("ai", "acme-coder", "declared"),
        ("ai", "claude-code", "declared"),
    ]
