"""Logs into the store: each thing once, in whatever order and parts it comes."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.shop import DATA, Shop

from landed.attribution.sessions.ingest import SessionsRead, read_sessions
from landed.attribution.sessions.spool import Spool
from landed.errors import UsageError
from landed.records import AGENTS
from landed.sources.agents.codex import Codex
from landed.sources.agents.contract import Reading
from landed.store import DATABASE_NAME, Store

READ_FROM_LOGS = (
    "session",
    "turn",
    "model_call",
    "edit",
    "edit_line",
    "edit_before",
    "tool_decision",
    "activity",
    "session_reference",
)


def contents(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    with Store.for_settings(shop.settings(), read_only=True) as store:
        return {name: store.read(name, AGENTS).to_pylist() for name in READ_FROM_LOGS}


def ask(shop: Shop, sql: str) -> list[tuple[Any, ...]]:
    with Store.for_settings(shop.settings(), read_only=True) as store:
        return [tuple(row.values()) for row in store.query(sql).to_pylist()]


def test_eleven_sessions_with_all_their_calls_and_edits(
    shop: Shop, read: Callable[[], SessionsRead]
) -> None:
    found = read()

    assert (found.logs["claude-code"], found.logs["codex"]) == (8, 3)
    assert (found.read, found.sessions, found.calls, found.edits) == (11, 11, 32, 13)
    assert found.faults == {}
    # four calls of s1, two of s2, two of s4, four of s6, three of s8, one, two, two
    assert ask(
        shop,
        "select agent, count(*)::integer, sum(input_tokens)::integer,"
        " sum(cache_read_tokens)::integer, sum(output_tokens)::integer,"
        " sum(reasoning_tokens)::integer from model_call group by agent order by agent",
    ) == [
        ("claude-code", 21, 19_130, 345_000, 2_543, 0),
        ("codex", 11, 31_000, 32_000, 2_200, 704),
    ]
    assert ask(
        shop,
        "select status, kind, count(*)::integer, sum(lines_added)::integer,"
        " sum(lines_removed)::integer from edit group by all order by all",
    ) == [
        ("applied", "create", 6, 47, 0),
        ("applied", "shell", 1, 0, 0),
        ("applied", "update", 4, 11, 1),
        ("failed", "update", 1, 6, 0),
        ("refused", "create", 1, 2, 0),
    ]


def test_a_second_run_opens_nothing_and_changes_nothing(
    shop: Shop, read: Callable[[], SessionsRead]
) -> None:
    read()
    first = contents(shop)

    again = read()

    assert (again.read, again.edits) == (0, 0)
    assert contents(shop) == first


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_any_parts_end_in_the_same_rows(
    shop: Shop, read: Callable[[], SessionsRead], tmp_path: Path, seed: int
) -> None:
    read()
    expected = contents(shop)
    chance = random.Random(seed)
    parts = [(log, log.read_bytes()) for log in shop.logs()]
    cuts = {log: chance.randrange(len(text)) for log, text in parts}
    settings = shop.settings().model_copy(update={"workspace": tmp_path / "workspace"})
    for log in shop.logs():
        log.unlink()

    for whole in (False, True):
        chance.shuffle(parts)
        for log, text in parts:
            log.write_bytes(text if whole else text[: cuts[log]])
            read_sessions(settings, lambda: Store.for_settings(settings))

    with Store.for_settings(settings, read_only=True) as store:
        found = {name: store.read(name, AGENTS).to_pylist() for name in READ_FROM_LOGS}
    assert found == expected


def test_a_log_that_is_deleted_later_loses_nothing(
    shop: Shop, read: Callable[[], SessionsRead]
) -> None:
    read()
    first = contents(shop)
    shutil.rmtree(shop.home / ".claude")

    read()

    assert contents(shop) == first


def test_the_copy_of_a_log_under_another_name_counts_once(
    shop: Shop, read: Callable[[], SessionsRead]
) -> None:
    read()
    calls = ask(shop, "select count(*) from model_call")
    log = next(log for log in shop.logs() if log.name.startswith("06436a8f"))
    shutil.copy(log, log.with_name("00000000-0000-4000-8000-000000000000.jsonl"))

    assert read().read == 1
    assert ask(shop, "select count(*) from model_call") == calls
    assert ask(shop, "select count(*) from edit") == [(13,)]


def test_what_cannot_be_understood_is_counted_and_told(
    shop: Shop, read: Callable[[], SessionsRead]
) -> None:
    log = next(log for log in shop.logs() if log.name.startswith("82da447a"))
    log.write_bytes(b'{"type": "assistant", torn\n\x00\xff\n[1]\n' + log.read_bytes())

    found = read()

    assert sum(found.faults.values()) == 3
    assert found.calls == 32
    told = ask(
        shop,
        "select subject, sum(count)::integer from problem where repository = 'agents' group by 1",
    )
    assert told == [(str(log), 3)]


def test_the_text_of_edits_waits_in_a_file_of_its_own_that_only_its_owner_reads(
    shop: Shop, read: Callable[[], SessionsRead]
) -> None:
    read()

    spool = Spool(shop.settings().workspace)
    edits = [edit for (edit,) in ask(shop, "select edit from edit where name like 'toolu%'")]
    texts = [line for lines in spool.texts(edits).values() for line in lines]

    # the last edit of the shop is younger than sixty days; nothing of a refused edit is kept
    assert "    return amount + tax(amount, country)" in texts
    assert "def voucher(code):" not in texts
    assert spool.path.stat().st_mode & 0o777 == 0o600


def test_without_keeping_text_there_is_no_such_file(
    shop: Shop, read: Callable[[], SessionsRead]
) -> None:
    shop.configure("[sessions]\nkeep_text = false")

    read()

    assert not Spool(shop.settings().workspace).path.exists()


def test_no_prompt_and_no_code_is_in_the_store(
    shop: Shop, read: Callable[[], SessionsRead]
) -> None:
    read()

    stored = (shop.settings().workspace / DATABASE_NAME).read_bytes()
    for secret in (b"quantity must be positive", b"add a cart and commit", b"percent out of range"):
        assert secret not in stored
        assert any(secret in log.read_bytes() for log in shop.logs())


def test_only_the_agents_that_are_asked_for(shop: Shop, read: Callable[[], SessionsRead]) -> None:
    shop.configure('[sessions]\nagents = ["codex"]')

    assert read().logs == {"codex": 3}


def test_an_agent_nobody_knows_is_refused(shop: Shop, read: Callable[[], SessionsRead]) -> None:
    shop.configure('[sessions]\nagents = ["codecs"]')

    with pytest.raises(UsageError, match=r"no reader for codecs: .* may name .*codex"):
        read()


def test_reading_can_be_switched_off(shop: Shop, read: Callable[[], SessionsRead]) -> None:
    shop.configure("[sessions]\nread = false")

    assert read() == SessionsRead()


def test_the_logs_of_another_home_are_read_too(
    shop: Shop, read: Callable[[], SessionsRead], tmp_path: Path
) -> None:
    container = tmp_path / "container" / "bo"
    shutil.copytree(DATA / "home" / ".codex", container / ".codex")
    shutil.rmtree(shop.home / ".codex")
    shop.configure(f'[sessions]\nhomes = ["{container}"]')

    assert read().logs["codex"] == 3
    assert ("bo",) in ask(shop, "select distinct machine_user from session where agent = 'codex'")


def test_a_plug_in_that_breaks_costs_its_own_logs_only(
    read: Callable[[], SessionsRead], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Iterator[Reading]:
        yield Reading()
        raise ZeroDivisionError

    monkeypatch.setattr(Codex, "read", broken)

    found = read()

    assert found.calls == 21
    assert {kind for agent, kind, _ in found.faults if agent == "codex"} == {
        "broken-reader (ZeroDivisionError)"
    }
