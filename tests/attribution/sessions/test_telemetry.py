"""Telemetry and logs tell of the same sessions: everything counts once, whatever came first."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.telemetry_captures import HOMES, Workplace, told, waiting

from landed.attribution.sessions.places import place_sessions
from landed.attribution.sessions.telemetry import forget_telemetry, settle_telemetry
from landed.journey import read_balance
from landed.records import TABLES
from landed.sources.telemetry import TelemetryError, Told
from landed.store import Store
from landed.store.inbox import Waiting

STANDING = ("session", "turn", "model_call", "tool_decision", "activity", "session_reference")
KEPT = (
    "telemetry_session",
    "telemetry_turn",
    "telemetry_call",
    "telemetry_decision",
    "telemetry_edit",
    "telemetry_sum",
    "telemetry_count",
    "telemetry_check",
    "told_team",
)
DOLLARS = {
    "claude-code": 125_450,
    "claude-code-denied": 125_450,
    "codex": 85_000,
    "gemini": 18_000,
}


@pytest.fixture
def work(home: Path) -> Workplace:
    return Workplace(home)


def contents(work: Workplace, tables: tuple[str, ...]) -> dict[str, list[tuple[object, ...]]]:
    return {table: work.rows(table) for table in tables}


def without_own_accounts(
    found: dict[str, list[tuple[object, ...]]],
) -> dict[str, list[tuple[object, ...]]]:
    """The same without what agents say that calls cost, which logs of these agents do not tell."""
    place = TABLES["model_call"].schema.names.index("reported_cost")
    calls = [(*row[:place], None, *row[place + 1 :]) for row in found["model_call"]]
    return found | {"model_call": calls}


@pytest.mark.parametrize("capture", sorted(HOMES))
def test_telemetry_alone_tells_the_dollars_that_the_log_alone_tells(
    capture: str, work: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.hear(told(capture))
    by_telemetry = work.dollars()

    monkeypatch.setenv("LANDED_WORKSPACE", str(tmp_path / "another"))
    other = Workplace(work.home)
    other.lay(capture)

    assert by_telemetry == other.dollars()
    assert len(other.rows("model_call")) == 4


@pytest.mark.parametrize("capture", sorted(HOMES))
def test_in_either_order_the_log_wins(
    capture: str, work: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.lay(capture)
    by_log, dollars = contents(work, STANDING), work.dollars()
    work.hear(told(capture))
    log_first = contents(work, STANDING)

    monkeypatch.setenv("LANDED_WORKSPACE", str(tmp_path / "another"))
    other = Workplace(work.home)
    other.hear(told(capture))
    other.lay(capture)

    assert contents(other, STANDING) == log_first
    assert without_own_accounts(log_first) == by_log
    assert other.dollars() == work.dollars() == dollars
    assert contents(other, KEPT) == contents(work, KEPT)


def test_what_the_agent_says_a_call_cost_stays_where_its_log_says_nothing(
    work: Workplace,
) -> None:
    work.hear(told("claude-code"))
    work.lay("claude-code")

    calls = dict(work.rows("model_call", "call, reported_cost"))

    assert len(calls) == 4
    assert not any(str(call).startswith("telemetry:") for call in calls)
    assert sum(calls.values()) == 125_450  # what it said of the session


@pytest.mark.parametrize("capture", sorted(HOMES))
def test_a_log_that_is_read_in_parts_takes_its_calls_one_by_one(
    capture: str, work: Workplace
) -> None:
    items = told(capture)
    work.hear(items)
    dollars = work.dollars()
    lines = HOMES[capture][0].read_bytes().count(b"\n")

    for part in range(3, lines, 5):
        work.lay(capture, part)
        assert len(work.rows("model_call")) == 4
        assert work.dollars() == dollars
    work.lay(capture)

    assert not [call for (call,) in work.rows("model_call", "call") if "telemetry:" in str(call)]
    assert work.dollars() == dollars


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_items_and_how_often_they_come_does_not_matter(
    seed: int, work: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [item for capture in sorted(HOMES) for item in told(capture)]
    work.hear(items)
    expected = contents(work, STANDING + KEPT)

    monkeypatch.setenv("LANDED_WORKSPACE", str(tmp_path / "another"))
    other = Workplace(work.home)
    chance = random.Random(seed)
    shuffled = chance.sample(items, len(items))
    while shuffled:
        size = chance.randint(10, 60)
        batch, shuffled = shuffled[:size], shuffled[size:]
        other.hear(batch)
        other.hear(chance.sample(items, 5))

    assert contents(other, STANDING + KEPT) == expected


def test_a_session_that_only_telemetry_tells_has_its_turn_decisions_and_work(
    work: Workplace,
) -> None:
    work.hear(told("claude-code"))

    session = "1fb08660-bd09-4d86-a0eb-108746d66431"
    turn = "837ed0d6-30e6-4584-b290-c989428e5847"
    assert work.rows("session", "agent, session, cwd, version, machine_user") == [
        ("claude-code", session, None, "2.1.197", "")
    ]
    assert work.rows("turn", "turn, session, interrupted") == [(turn, session, False)]
    assert work.rows("tool_decision", "tool, accepted, decided_by, turn", "happened_at") == [
        ("Write", True, "automatic", turn),
        ("Edit", True, "automatic", turn),
        ("Bash", True, "automatic", turn),
    ]
    assert work.rows(
        "activity", "actor, turn, (epoch_us(ended_at) - epoch_us(started_at))::integer"
    ) == [("agent", turn, 390_000), ("person", turn, 0)]


def test_turns_of_agents_that_name_none_begin_with_their_prompts(work: Workplace) -> None:
    work.hear(told("codex"))

    session = "01a1ff9b-9d4b-70d3-9a02-ca9e0bc40878"
    turn = f"{session}@1795289750963998"
    assert work.rows("turn", "turn") == [(turn,)]
    assert work.rows("model_call", "distinct turn") == [(turn,)]
    assert work.rows("tool_decision", "distinct turn") == [(turn,)]


def test_what_was_refused_without_being_told_comes_with_the_log(work: Workplace) -> None:
    work.hear(told("claude-code-denied"))
    assert work.rows("tool_decision") == []

    work.lay("claude-code-denied")

    assert work.rows("tool_decision", "tool, accepted, decided_by", "happened_at") == [
        ("Write", False, "policy"),
        ("Edit", False, "policy"),
        ("Bash", False, "policy"),
    ]


def test_what_sums_and_calls_say_stands_side_by_side(work: Workplace) -> None:
    work.hear(told("claude-code"))

    assert work.rows("telemetry_check", "counts, by_sums, by_calls") == [
        ("cache_read", 90_000, 90_000),
        ("cache_write", 8_000, 8_000),
        ("input", 3_660, 3_660),
        ("output", 486, 486),
    ]


@pytest.mark.parametrize("capture", ["claude-code", "gemini"])
def test_sums_become_calls_only_where_no_call_is_told(capture: str, work: Workplace) -> None:
    items = told(capture)
    sums = [item for item in items if item.kind == "point" or item.kind == "session"]

    work.hear(sums)

    by_sums = work.rows(
        "model_call",
        "sum(input_tokens)::integer, sum(cache_read_tokens)::integer,"
        " sum(cache_write_5m_tokens)::integer, sum(output_tokens)::integer",
    )
    dollars = work.dollars()
    assert all(
        str(call).startswith("telemetry:sums:") for (call,) in work.rows("model_call", "call")
    )
    work.hear(items)
    assert by_sums == work.rows(
        "model_call",
        "sum(input_tokens)::integer, sum(cache_read_tokens)::integer,"
        " sum(cache_write_5m_tokens)::integer, sum(output_tokens)::integer",
    )
    assert len(work.rows("model_call")) == 4
    assert abs(work.dollars() - dollars) <= 4


def test_sums_without_calls_give_way_to_a_log(work: Workplace) -> None:
    work.hear(item for item in told("claude-code") if item.kind in ("point", "session"))
    work.lay("claude-code")

    assert len(work.rows("model_call")) == 4
    assert work.dollars() == DOLLARS["claude-code"]


def test_calls_that_a_log_leaves_out_stay(work: Workplace) -> None:
    unlogged = call_of(told("gemini")[0], key="call:gemini-cli:other", input_tokens=77)
    work.hear([*told("gemini"), unlogged])
    work.lay("gemini")

    telemetry = [row for row in work.rows("model_call", "call, input_tokens") if row[1] == 77]
    assert telemetry == [("telemetry:call:gemini-cli:other", 77)]
    assert len(work.rows("model_call")) == 5


def call_of(item: Told, *, key: str, **fields: object) -> Told:
    assert item.kind == "call"
    return Told(key, "call", {**item.fields, **fields})


def test_decisions_after_the_end_of_a_log_stand(work: Workplace) -> None:
    items = told("claude-code")
    decision = next(item for item in items if item.kind == "decision")
    later = {**decision.fields, "at": decision.fields["at"] + 120_000_000, "decision": "later"}
    work.hear([*items, Told("decision:claude-code:later", "decision", later)])
    work.lay("claude-code")

    assert ("later",) in work.rows("tool_decision", "decision")
    assert len(work.rows("tool_decision")) == 4


def test_an_address_that_only_telemetry_tells_is_kept_beside_the_log(work: Workplace) -> None:
    session = next(item for item in told("claude-code") if item.kind == "session")
    named = Told("session:named", "session", {**session.fields, "user": "ada@example.com"})
    work.lay("claude-code")
    (before,) = work.rows("session", "cwd, branch, version")

    work.hear([named])

    assert work.rows("session", 'cwd, branch, version, "user"') == [(*before, "ada@example.com")]


def test_an_item_that_lacks_its_time_is_refused_whole(work: Workplace) -> None:
    (good,) = [item for item in told("codex") if item.kind == "turn"]
    bad = Told("call:x", "call", {"agent": "codex"})

    with pytest.raises(TelemetryError, match="lacks what it should say"):
        work.hear([good, bad])

    assert work.rows("telemetry_turn") == []


def test_a_row_that_is_no_item_is_refused(work: Workplace) -> None:
    row = waiting(told("codex"))[0]
    torn = Waiting(row.position, row.source, row.key, row.payload[:-1], row.received_at)

    with work.open() as store, pytest.raises(TelemetryError, match="not JSON"):
        settle_telemetry(store, work.settings, [torn])


def test_nothing_to_settle_writes_nothing(work: Workplace) -> None:
    with work.open() as store:
        settle_telemetry(store, work.settings, [])
        assert isinstance(store, Store)

    assert contents(work, STANDING + KEPT) == {table: [] for table in STANDING + KEPT}


def test_dollars_that_only_telemetry_tells_are_in_the_balance(work: Workplace) -> None:
    for capture in ("claude-code", "codex", "gemini"):
        work.hear(told(capture))
    spent = work.dollars()
    with work.open() as store:
        place_sessions(store, work.settings)
        balance = read_balance(store, work.settings)

    assert balance.dollars.spent == spent > 0
    assert balance.dollars.residual == 0
    assert sum(balance.dollars.buckets.values()) == spent
    assert work.rows("session_place", "belongs_to, how, person") == [(None, "none", None)] * 3


def test_whose_a_session_is_the_configuration_of_the_server_does_not_say(
    work: Workplace,
) -> None:
    (work.home / ".gitconfig").write_text("[user]\n\temail = operator@example.com\n")
    work.hear(told("gemini"))

    with work.open() as store:
        place_sessions(store, work.settings)

    assert work.rows("session_place", "person") == [(None,)]
    assert work.rows("identity") == []


def test_a_session_finds_its_place_when_its_log_comes(work: Workplace) -> None:
    work.hear(told("claude-code"))
    with work.open() as store:
        place_sessions(store, work.settings)
    before = work.rows("session_place", "name, how")

    work.lay("claude-code")
    with work.open() as store:
        place_sessions(store, work.settings)

    assert before == [("unknown", "none")]
    assert work.rows("session_place", "name, how") == [("project", "inside")]


@pytest.mark.parametrize(
    ("capture", "expected"),
    [
        ("claude-code", [("Write", True, 6, None), ("Edit", True, 2, 1)]),
        ("codex", [("apply_patch", True, 6, 0), ("apply_patch", True, 2, 0)]),
        ("gemini", [("write_file", True, 6, 0), ("replace", True, 1, 1)]),
    ],
)
def test_edits_are_told_as_counts_and_are_no_generated_lines(
    capture: str, expected: list[tuple[object, ...]], work: Workplace
) -> None:
    work.hear(told(capture))

    told_edits = work.rows(
        "telemetry_edit", "tool, applied, lines_added, lines_removed", "happened_at"
    )
    assert told_edits == expected
    assert work.rows("edit") == []


def alone(request: str | None) -> Told:
    call = next(item for item in told("claude-code") if item.kind == "call")
    return call_of(call, key=f"call:bot:{request}", session=None, turn=None, request=request)


def test_calls_without_a_session_count_until_a_log_tells_them(work: Workplace) -> None:
    known = next(item for item in told("claude-code") if item.kind == "call").fields["request"]

    work.hear([alone(known), alone(None)])
    work.hear([alone(known), alone(None)])
    first = work.rows("model_call", "call, session")
    work.lay("claude-code")
    work.hear([alone(known)])

    assert first == [(f"telemetry:call:bot:{call}", None) for call in sorted(("None", known))]
    standing = [row for row in work.rows("model_call", "call") if "telemetry:" in str(row[0])]
    assert standing == [("telemetry:call:bot:None",)]
    assert len(work.rows("model_call")) == 5


def test_old_telemetry_is_forgotten_and_what_stands_for_it_stays(work: Workplace) -> None:
    work.hear([*told("claude-code"), *told("gemini"), alone("r")])
    before, dollars = contents(work, STANDING), work.dollars()
    between = datetime(2026, 11, 21, 20, tzinfo=UTC)

    with work.open() as store:
        forget_telemetry(store, between)

    assert work.rows("telemetry_call", "distinct agent") == [("gemini-cli",)]
    assert work.rows("telemetry_decision", "distinct agent") == [("gemini-cli",)]
    assert contents(work, STANDING) == before
    assert work.dollars() == dollars

    work.lay("claude-code")
    assert len(work.rows("model_call", "*")) == 8 + 1
    assert work.dollars() == dollars


def test_counts_are_forgotten_by_their_day(work: Workplace) -> None:
    work.hear(told("codex"))
    with work.open() as store:
        forget_telemetry(store, datetime(2026, 11, 21, tzinfo=UTC))
    kept = len(work.rows("telemetry_count"))
    with work.open() as store:
        forget_telemetry(store, datetime(2026, 11, 22, tzinfo=UTC))

    assert kept > 0
    assert work.rows("telemetry_count") == work.rows("telemetry_call") == []
