"""CODEOWNERS files of GitHub and of GitLab: what their lines say, and what is wrong with some."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.sources.codeowners import MOST_BYTES, MOST_RULES, Dialect, OwnerRule, read_owners


def rules(text: str, dialect: Dialect | None = "github") -> list[tuple[str, tuple[str, ...]]]:
    """Pattern and owners of each rule."""
    found = read_owners(text.encode(), dialect, "CODEOWNERS")
    return [(rule.pattern, rule.owners) for rule in found.rules]


def faults(text: str, dialect: Dialect = "github") -> dict[str, int]:
    return dict(read_owners(text.encode(), dialect, "CODEOWNERS").faults)


def test_lines_are_patterns_with_owners_and_comments_are_left_out() -> None:
    text = """
    # who owns what
    *          @acme/core
    /docs/     @ana  docs@example.com\t@acme/web # the site
    /docs/api/
    """

    assert rules(text) == [
        ("*", ("@acme/core",)),
        ("/docs/", ("@ana", "docs@example.com", "@acme/web")),
        ("/docs/api/", ()),
    ]
    assert faults(text) == {}


def test_spaces_in_patterns_are_escaped() -> None:
    assert rules("/my\\ docs/ @ana\n") == [("/my\\ docs/", ("@ana",))]


def test_a_file_of_windows_with_a_byte_order_mark_is_read_alike() -> None:
    assert rules("\ufeff*.py @ana\r\n*.js @ben\r\n") == [("*.py", ("@ana",)), ("*.js", ("@ben",))]


def test_github_leaves_out_the_lines_that_it_does_not_understand() -> None:
    text = "!*.py @ana\n[a-z].py @ana\n\\#x @ana\n/ @ana\nok\\ @ana\nx\\\n/src ana\n*.go @a/b/c\n"

    assert rules(text) == [("ok\\ @ana", ())]
    assert faults(text) == {"bad-pattern": 5, "bad-owner": 2}


def test_sections_of_gitlab_have_owners_for_their_lines_and_may_be_optional() -> None:
    text = """
    *.md @writers
    [Web pages][2] @acme/web @ana
    /web/
    /web/api/ @acme/api
    ^[Design]
    /web/*.css @@developer
    [WEB PAGES]
    /site/
    """

    found = read_owners(text.encode(), "gitlab", "CODEOWNERS")

    assert found.rules == (
        OwnerRule("*.md", ("@writers",)),
        OwnerRule("/web/", ("@acme/web", "@ana"), "Web pages"),
        OwnerRule("/web/api/", ("@acme/api",), "Web pages"),
        OwnerRule("/web/*.css", ("@@developer",), "Design", optional=True),
        OwnerRule("/site/", (), "Web pages"),
    )
    assert found.faults == {}


def test_a_section_of_gitlab_is_optional_only_if_each_of_its_headings_says_so() -> None:
    text = "^[Web]\n/a/ @ana\n[web]\n/b/ @ben\n^[Design]\n/c/ @ana\n^[design]\n/d/ @ben\n"

    found = read_owners(text.encode(), "gitlab", "CODEOWNERS")

    assert [rule.optional for rule in found.rules] == [False, False, True, True]


def test_gitlab_excludes_paths_reads_groups_of_groups_and_skips_owners_it_cannot_read() -> None:
    text = "*.rb @acme/web/core ruby\n!/config/ @ana\n\\#hash @ana # and @ben\n[]\n[ab].rb @ana\n"

    found = read_owners(text.encode(), "gitlab", "CODEOWNERS")

    assert found.rules == (
        OwnerRule("*.rb", ("@acme/web/core",)),
        OwnerRule("/config/", (), excluded=True),
        OwnerRule("\\#hash", ("@ana", "@ben")),
        OwnerRule("[ab].rb", ("@ana",)),
    )
    assert found.faults == {"bad-owner": 1, "bad-section": 1}


@pytest.mark.parametrize(
    ("place", "text", "dialect"),
    [
        (".github/CODEOWNERS", "[Web]\n* @ana", "github"),
        (".gitlab/CODEOWNERS", "* @ana", "gitlab"),
        ("CODEOWNERS", "* @ana", "github"),
        ("CODEOWNERS", "* @ana\n^[Web][3] @ben\n/web/\n", "gitlab"),
    ],
)
def test_where_the_forge_is_not_known_the_file_tells_whose_rules_it_follows(
    place: str, text: str, dialect: Dialect
) -> None:
    assert read_owners(text.encode(), None, place).dialect == dialect


def test_a_file_that_no_forge_reads_says_nothing() -> None:
    assert faults("* @ana\n" * (MOST_BYTES // 7 + 1)) == {"too-large": 1}


def test_rules_beyond_a_number_are_counted() -> None:
    text = "a @ana\n" * (MOST_RULES + 2)

    assert len(rules(text)) == MOST_RULES
    assert faults(text) == {"too-many-rules": 2}


@given(st.binary(max_size=300), st.sampled_from(["github", "gitlab", None]))
def test_any_bytes_can_be_read(content: bytes, dialect: Dialect | None) -> None:
    found = read_owners(content, dialect, "CODEOWNERS")

    said = [line for line in content.split(b"\n") if line.strip()]
    assert len(found.rules) <= len(said)
