"""Whose a path is, of several rules that match it."""

from __future__ import annotations

from landed.sources.codeowners import Dialect, read_owners
from landed.sources.codeowners_matching import CodeOwners


def owners(text: str, dialect: Dialect = "github") -> CodeOwners:
    """The owners of a file in which every `@acme/NAME` is a team."""
    rules = read_owners(text.encode(), dialect, "CODEOWNERS").rules
    teams = [
        next((name.removeprefix("@acme/") for name in rule.owners if "/" in name), None)
        for rule in rules
    ]
    return CodeOwners(rules, dialect, teams)


def test_the_last_rule_that_matches_counts() -> None:
    found = owners("* @acme/core\n/web/ @acme/web\n*.sql @acme/data\n/web/old.py\n")

    assert found.owning_teams(["web/b.sql", "web/a.py", "README", "web/old.py"]) == [
        "data",
        "web",
        "core",
        None,
    ]
    assert found.owned(["README", "web/old.py"]) == [True, False]


def test_a_person_gives_no_team() -> None:
    found = owners("* @acme/core\n/web/ @ana\n/docs/ ana@example.com @acme/docs\n")

    assert found.owning_team("web/a.py") is None
    assert found.owned(["web/a.py"]) == [True]
    assert found.owning_team("docs/index.md") == "docs"


def test_sections_of_gitlab_decide_each_for_itself_and_the_last_that_is_required_counts() -> None:
    text = """
    * @acme/core
    [Web] @acme/web
    /web/
    !/web/vendored/
    [Data]
    *.sql @acme/data
    ^[Design]
    *.css @acme/design
    """
    found = owners(text, "gitlab")

    assert found.owning_team("web/a.css") == "web"
    assert found.owning_team("web/a.sql") == "data"
    assert found.owning_team("web/vendored/x.css") == "core"
    assert found.owning_team("a.css") == "core"


def test_a_file_that_only_an_optional_section_names_is_that_sections() -> None:
    found = owners("^[Design]\n*.css @acme/design\n[Data]\n*.sql @ana\n", "gitlab")

    assert found.owning_teams(["a.css", "a.sql", "a.py"]) == ["design", None, None]
    assert found.owned(["a.css", "a.sql", "a.py"]) == [True, True, False]


def test_nothing_is_owned_without_rules_and_nothing_is_asked_without_paths() -> None:
    assert owners("").owning_teams(["a"]) == [None]
    assert owners("* @acme/core").owning_teams([]) == []
    assert owners("* @acme/core").owned([]) == []


def test_a_pattern_made_to_be_slow_is_not() -> None:
    """Star after star takes a backtracking engine longer than anybody waits."""
    found = owners(f"/{'*a' * 300}*b @acme/core\n")

    assert found.owning_teams(["a" * 2000 + "b", "a" * 2000]) == ["core", None]
