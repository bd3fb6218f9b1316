"""Scheduled reports: made for the last whole day, week or month, put into a folder, told to a chat.

A period's files have its name and are put in place whole, so that doing it again changes nothing.
The address of a webhook is a secret: it is in no message and no log.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from landed.config import Settings
from landed.config.sections import DeliverySettings
from landed.errors import ConfigurationError, DeliveryError, UsageError
from landed.reports.board.board import Board
from landed.reports.board.chat import message_of
from landed.reports.board.forms import FORMS, write_board
from landed.reports.board.making import make_board
from landed.reports.board.periods import Period, last_whole_period
from landed.reports.board.posting import PAUSES, post
from landed.store import Store


@dataclass(frozen=True)
class DueDelivery:
    """A report that is to be made now."""

    delivery: DeliverySettings
    period: Period


@dataclass(frozen=True)
class DeliveryDone:
    """What became of one: the period to remember, its files, and whether a chat was told."""

    name: str
    period: Period
    files: list[Path]
    told: bool


def due_deliveries(
    settings: Settings, done: Mapping[str, date], now: datetime
) -> list[DueDelivery]:
    """What is to be delivered at `now`.

    `done` has for each delivery the last day of the last period that was delivered. Periods that
    were missed before the last one are not made up for.
    """
    found = []
    for delivery in settings.deliveries:
        period = last_whole_period(delivery.every, delivery.hour, now)
        last = done.get(delivery.name)
        if last is None or last < period.last:
            found.append(DueDelivery(delivery, period))
    return found


def delivery_named(settings: Settings, name: str) -> DeliverySettings:
    """The delivery that is configured under a name.

    Raises:
        UsageError: there is none; the message names those that there are.
    """
    for delivery in settings.deliveries:
        if delivery.name == name:
            return delivery
    known = ", ".join(delivery.name for delivery in settings.deliveries)
    there = f"there are {known}" if known else "none is configured: add [[deliveries]]"
    raise UsageError(f"{name} is no delivery in landed.toml; {there}")


def deliver(
    store: Store,
    settings: Settings,
    delivery: DeliverySettings,
    period: Period,
    *,
    pauses: Sequence[float] = PAUSES,
) -> DeliveryDone:
    """Make the report of a period and bring it where it is to go; the roll-ups are to be fresh.

    It is for a company, not for one person: what may be shown to nobody is not in it. `pauses` are
    the seconds between attempts to reach the webhook.

    Raises:
        ConfigurationError: it is to go nowhere, or the secret is not where the settings say.
        UsageError: a form needs an extra that is not installed, or a repository is not known.
        DeliveryError: the folder cannot be written, or the webhook did not take it.
        StoreError: nothing has been rolled up yet.
    """
    if delivery.folder is None and delivery.webhook is None:
        raise ConfigurationError(
            f"the delivery {delivery.name} has neither folder nor webhook: give it one"
        )
    board = make_board(
        store,
        settings,
        since=period.first,
        until=period.last,
        repositories=delivery.repositories,
    )
    files = []
    if delivery.folder is not None:
        files = put_files(board, delivery, delivery.folder.expanduser(), period)
    if delivery.webhook is not None:
        message = message_of(board, period.name, settings.server.url)
        post(_address(delivery.webhook), message, delivery.name, pauses)
    return DeliveryDone(delivery.name, period, files, delivery.webhook is not None)


def put_files(board: Board, delivery: DeliverySettings, folder: Path, period: Period) -> list[Path]:
    """Every form as a file of the folder, each there whole or not at all.

    Raises:
        DeliveryError: the folder cannot be written.
    """
    contents = {
        folder / f"landed-{delivery.name}-{period.name}.{FORMS[form].ending}": form
        for form in delivery.formats
    }
    written = {file: write_board(board, form) for file, form in contents.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in written.items():
            _put(file, content)
    except OSError as error:
        reason = error.strerror or error
        raise DeliveryError(
            f"the folder {folder} of the delivery {delivery.name}: {reason}"
        ) from error
    return list(written)


def _put(file: Path, content: bytes) -> None:
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with beside.open("wb") as writing:
            writing.write(content)
            writing.flush()
            os.fsync(writing.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _address(place: str) -> str:
    # the keyring is asked only where a webhook is kept in it
    from landed.delivery.tokens import resolve
    from landed.sources.forges.credentials import PersonalToken

    found = resolve(place)
    assert isinstance(found, PersonalToken)
    return found.text
