"""Scheduled reports reach a real folder and a real webhook, once a period."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.reports.board.webhooks import SECRET, webhook

from landed.config import Settings
from landed.config.sections import DeliverySettings, PrivacySettings, ServerSettings
from landed.demo import DemoCompany
from landed.errors import ConfigurationError, DeliveryError, UsageError
from landed.reports.board import Board
from landed.reports.board.chat import message_of
from landed.reports.board.periods import Period, period_named
from landed.reports.board.sending import deliver, delivery_named, due_deliveries
from landed.store import Store

OCTOBER = period_named("month", "2026-10")
PLACE = "environment:LANDED_TEST_WEBHOOK"
AT_ONCE = (0.0, 0.0)


@pytest.fixture
def settings(made: DemoCompany) -> Settings:
    """The company's, for which two people are enough: the small one would be shown as a whole."""
    privacy = PrivacySettings(smallest_group=2)
    return made.settings().model_copy(update={"privacy": privacy})


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store.for_settings(settings, read_only=True) as opened:
        yield opened


def test_the_files_of_a_period_have_its_name(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "for" / "the-board"
    delivery = DeliverySettings(name="board", formats=("html", "csv"), folder=folder)
    done = deliver(store, settings, delivery, OCTOBER)
    names = ["landed-board-2026-10.html", "landed-board-2026-10.csv"]
    assert [file.name for file in done.files] == names
    assert not done.told
    assert "1 October 2026 to 31 October 2026" in done.files[0].read_text("utf-8")
    # again, it is the same two files: nothing is there twice, and nothing half
    deliver(store, settings, delivery, OCTOBER)
    assert sorted(file.name for file in folder.iterdir()) == sorted(names)


def test_a_time_of_few_people_is_widened_and_says_so(
    made: DemoCompany, store: Store, tmp_path: Path
) -> None:
    delivery = DeliverySettings(name="board", formats=("markdown",), folder=tmp_path)
    done = deliver(store, made.settings(), delivery, OCTOBER)
    text = done.files[0].read_text("utf-8")
    assert "1 October 2026 to 31 October 2026 was asked for: of fewer than 5 people" in text


def test_a_chat_is_told_the_key_figures_and_where_to_read_more(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ServerSettings(url="https://landed.example/")
    with webhook() as there:
        monkeypatch.setenv("LANDED_TEST_WEBHOOK", there.address)
        delivery = DeliverySettings(name="board", webhook=PLACE)
        served = settings.model_copy(update={"server": server})
        assert deliver(store, served, delivery, OCTOBER).told
    (message,) = there.told
    assert "Spent on AI: $" in message["text"]
    assert "Fennbrook Parcels does not exist" in message["text"]
    kinds = [block["type"] for block in message["blocks"]]
    assert kinds == ["header", "section", "section", "context", "section"]
    fields = [field["text"] for field in message["blocks"][2]["fields"]]
    assert [text.splitlines()[0] for text in fields] == [
        "*Spent on AI*",
        "*Reached production*",
        "*A surviving line cost*",
        "*Waste*",
    ]
    link = message["blocks"][4]["text"]["text"]
    assert link.startswith("<https://landed.example/?since=2026-10-01&until=2026-1")


def test_what_fails_for_a_while_is_tried_again(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(503, (429, {"retry-after": "0"})) as there:
        monkeypatch.setenv("LANDED_TEST_WEBHOOK", there.address)
        delivery = DeliverySettings(name="board", webhook=PLACE)
        assert deliver(store, settings, delivery, OCTOBER, pauses=AT_ONCE).told
    assert (there.asked, len(there.told)) == (3, 1)


@pytest.mark.parametrize(
    ("answers", "asked", "said"),
    [
        ((500, 502, 503), 3, "it answered 503"),
        ((404,), 1, "it answered 404"),
        (((302, {"location": "http://127.0.0.1:1/"}),), 1, "it answered 302"),
    ],
)
def test_a_refusal_is_said_and_the_address_is_not(
    store: Store,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    answers: Any,
    asked: int,
    said: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    with webhook(*answers) as there:
        monkeypatch.setenv("LANDED_TEST_WEBHOOK", there.address)
        delivery = DeliverySettings(name="board", webhook=PLACE)
        with pytest.raises(DeliveryError, match=said) as error:
            deliver(store, settings, delivery, OCTOBER, pauses=AT_ONCE)
    assert there.asked == asked
    assert SECRET not in str(error.value)
    assert SECRET not in caplog.text


def test_nobody_there_is_said_without_the_address(
    store: Store,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with webhook() as there:
        address = there.address
    delivery = DeliverySettings(name="board", webhook=PLACE)
    monkeypatch.setenv("LANDED_TEST_WEBHOOK", address)
    with pytest.raises(DeliveryError, match=r"no answer \(ConnectError\)"):
        deliver(store, settings, delivery, OCTOBER, pauses=AT_ONCE)
    monkeypatch.setenv("LANDED_TEST_WEBHOOK", f"http://127.0.0.1:port/{SECRET}")
    with pytest.raises(ConfigurationError, match="is no address") as error:
        deliver(store, settings, delivery, OCTOBER)
    monkeypatch.setenv("LANDED_TEST_WEBHOOK", f"file:///{SECRET}")
    with pytest.raises(ConfigurationError, match="https://"):
        deliver(store, settings, delivery, OCTOBER)
    assert SECRET not in f"{error.value}{caplog.text}"


def test_a_folder_that_cannot_be_written_is_said(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    delivery = DeliverySettings(name="board", formats=("csv",), folder=tmp_path / "file" / "in")
    with pytest.raises(DeliveryError, match=r"the folder .* of the delivery board"):
        deliver(store, settings, delivery, OCTOBER)


def test_a_delivery_that_goes_nowhere_is_no_delivery(store: Store, settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="neither folder nor webhook"):
        deliver(store, settings, DeliverySettings(name="board"), OCTOBER)


def test_words_of_strangers_mention_nobody(hostile: Board) -> None:
    message = message_of(hostile, "2026-10", None)
    assert "<script>" not in str(message)
    assert "&lt;script&gt;" in str(message)
    assert [block["type"] for block in message["blocks"]][-1] == "context"


def test_each_period_is_due_once() -> None:
    settings = Settings(
        deliveries=(
            DeliverySettings(name="daily", every="day", hour=6),
            DeliverySettings(name="monthly", every="month", hour=6),
        )
    )
    now = datetime(2026, 11, 1, 7, 0, tzinfo=UTC)
    due = {one.delivery.name: one.period for one in due_deliveries(settings, {}, now)}
    assert due == {
        "daily": Period("2026-10-31", date(2026, 10, 31), date(2026, 10, 31)),
        "monthly": OCTOBER,
    }
    done = {name: period.last for name, period in due.items()}
    assert due_deliveries(settings, done, now) == []
    (again,) = due_deliveries(settings, done, now.replace(day=2))
    assert (again.delivery.name, again.period.name) == ("daily", "2026-11-01")


def test_a_delivery_is_found_by_its_name() -> None:
    settings = Settings(deliveries=(DeliverySettings(name="board"),))
    assert delivery_named(settings, "board").name == "board"
    with pytest.raises(UsageError, match=r"other is no delivery in landed\.toml; there are board"):
        delivery_named(settings, "other")
    with pytest.raises(UsageError, match="none is configured"):
        delivery_named(Settings(), "other")
