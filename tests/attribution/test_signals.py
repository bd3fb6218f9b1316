"""The packaged table of signals."""

from __future__ import annotations

import re

from landed.attribution.signals import COMMIT_PLACES, FORGE_PLACES, load_signals
from landed.config import SignalSettings


def test_every_signal_has_its_own_id_and_a_place() -> None:
    signals = load_signals().signals

    assert len({signal.id for signal in signals}) == len(signals)
    assert {signal.where for signal in signals} <= {*COMMIT_PLACES, *FORGE_PLACES}


def test_every_signal_of_ai_names_its_agent() -> None:
    unnamed = [
        signal.id
        for signal in load_signals().signals
        if signal.who == "ai" and not signal.agent and "agent" not in signal.match.groupindex
    ]

    assert unnamed == []


def test_signals_of_forges_are_kept_though_commits_do_not_have_them() -> None:
    branches = {signal.agent for signal in load_signals().at("branch")}

    assert {"claude-code", "copilot", "codex", "cursor", "devin", "openhands"} <= branches


def test_patterns_for_descriptions_of_strangers_have_no_unbounded_repetition() -> None:
    patterns = [signal.match.pattern for signal in load_signals().at("request-body")]
    unbounded = [one for one in patterns if re.search(r"(?<!\\)[*+]|\{\d+,\}", one)]

    assert len(patterns) > 8
    assert unbounded == []


def test_a_branch_name_alone_is_inferred_whoever_says_so() -> None:
    own = SignalSettings(where="branch", match="robot/", agent="robot")
    grades = {signal.grade for signal in load_signals([own]).at("branch")}

    assert grades == {"inferred"}


def test_the_digest_changes_with_own_signals() -> None:
    own = SignalSettings(where="subject", match="[acme]", agent="acme")

    assert load_signals().digest == load_signals().digest
    assert load_signals([own]).digest != load_signals().digest


def test_tools_of_records_are_called_as_the_signals_call_them() -> None:
    table = load_signals()

    assert table.agent("Claude") == "claude-code"
    assert table.agent("github-copilot") == "copilot"
    assert table.agent("Some New Tool") == "some new tool"
