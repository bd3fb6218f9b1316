"""The page Data: sources, gaps with what closes them, problems, and nothing about single people."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from playwright.sync_api import Browser
from tests.server.pages.browsing import watched
from tests.server.pages.read_company import PEOPLE, ReadCompany, read_company
from tests.server.running import ANA, BEN, Running

from landed.records import AGENTS, TABLES
from landed.store.inbox import Incoming


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> ReadCompany:
    return read_company(tmp_path_factory.mktemp("company"))


def test_before_anything_is_read_it_says_how_to_begin(alone: Running) -> None:
    page = alone.browser().get("/data").text
    assert "landed sync PATH" in page
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in page
    assert "landed connect github" in page


def test_each_gap_stands_with_the_command_that_closes_it(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy") as alone:
        page = alone.browser().get("/data").text

    for command in (
        "landed connect server URL &amp;&amp; landed push",
        "landed connect github --organisation NAME",
        "landed deployment record --environment production",
        "landed incident import FILE.csv",
        "landed invoice import FILE.csv",
    ):
        assert f"<code>{command}</code>" in page


def test_coverage_says_why_lines_have_no_evidence(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy") as alone:
        page = alone.browser().get("/data").text
    assert "in repositories where nobody&#39;s tools are seen" in page
    assert "the commit says so" in page


def test_what_waits_and_what_was_set_aside_is_counted(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy") as alone:
        inbox = alone.server.inbox
        inbox.put([Incoming("push", str(number), b"{}") for number in range(3)])
        (first, *_) = inbox.waiting(1)
        inbox.set_aside(first.position, "it cannot be read")
        page = alone.browser().get("/data").text
    assert "2 rows" in page
    assert "1 row of push could not be read in" in page


def test_problems_and_unknown_telemetry_are_counted_by_kind(
    read: ReadCompany, tmp_path: Path
) -> None:
    problem = {
        "source": "git-ai",
        "kind": "torn-note",
        "subject": "secret-subject",
        "count": 7,
        "detail": "secret detail",
    }
    with read.serving(tmp_path / "copy") as alone:
        with alone.server.store.writing() as store:
            schema = TABLES["problem"].schema
            without = pa.schema([one for one in schema if one.name != "repository"])
            store.merge("problem", pa.Table.from_pylist([problem], without), AGENTS)
            schema = TABLES["telemetry_count"].schema
            told = {
                "item": "1",
                "service": "acme-bot",
                "signal": "logs",
                "name": "acme.thing",
                "day": 20_000,
                "count": 12,
                "known": False,
            }
            without = pa.schema([one for one in schema if one.name != "repository"])
            columns = {
                one.name: pa.array([told[one.name]], pa.int32()).cast(one.type)
                if one.name == "day"
                else pa.array([told[one.name]], one.type)
                for one in without
            }
            store.merge("telemetry_count", pa.table(columns, schema=without), AGENTS)
        page = alone.browser().get("/data").text

    assert "torn-note" in page
    assert "secret" not in page
    assert "acme.thing" in page
    assert "acme-bot" in page


def test_accounts_of_nobody_known_are_named_to_admins_only(
    read: ReadCompany, tmp_path: Path
) -> None:
    identity = {
        "kind": "login",
        "value": "strange-login",
        "person": None,
        "how": "unmatched",
    }
    with read.serving(tmp_path / "copy", loopback=False) as company:
        people = company.accounts.people
        people.add("ana", ANA, by="command-line", role="admin", emails=["ana@example.com"])
        people.add("ben", BEN, by="command-line", emails=["ben@example.com"])
        with company.server.store.writing() as store:
            schema = TABLES["identity"].schema
            without = pa.schema([one for one in schema if one.name != "repository"])
            store.merge("identity", pa.Table.from_pylist([identity], without), AGENTS)
        admin = company.signed_in("ana", ANA).get("/data").text
        viewer = company.signed_in("ben", BEN).get("/data").text

    assert "strange-login" in admin
    assert "strange-login" not in viewer
    assert "of nobody known" in viewer


def test_nobody_is_named(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy", loopback=False) as company:
        company.accounts.people.add("zoe", BEN, by="command-line", emails=["zoe@example.com"])
        page = company.signed_in("zoe", BEN).get("/data").text
    assert [email for _, email in PEOPLE if email in page] == []


def test_it_is_fresh_without_new_roll_ups(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy") as alone:
        browser = alone.browser()
        before = browser.get("/data").text
        alone.server.inbox.put([Incoming("push", "1", b"{}")])
        after = browser.get("/data").text
    assert "nothing waits" in before
    assert "nothing waits" not in after


def test_in_a_browser_it_is_whole_on_a_desk_and_a_phone(
    read: ReadCompany, tmp_path: Path, browser: Browser
) -> None:
    with read.serving(tmp_path / "copy") as alone:
        for width, scheme in ((1280, "light"), (375, "dark")):
            with watched(browser, alone.address, width=width, color_scheme=scheme) as at:
                at.go(f"{alone.address}/data")
                assert at.wrong == []
                assert at.barriers() == []
                assert at.fits()
