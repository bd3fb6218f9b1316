"""What the prices in the store were made from, so that only what changed is made again."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources

import orjson
import pyarrow as pa

from landed.config import Settings
from landed.pricing import own_rules
from landed.records import AGENTS, TIMESTAMP
from landed.store import Store

SOURCE = "pricing"
_RULES = 1
"""Raise when the same calls would get other prices or other cash."""

Months = dict[str, tuple[int, str]]
"""By month: how many calls there are, and a digest of them."""


@dataclass(frozen=True)
class PricingState:
    """`prices`: of everything that decides a price but the calls; `cash`: of all that is paid."""

    prices: str = ""
    months: Months = field(default_factory=dict)
    cash: str = ""


def read_state(store: Store) -> PricingState:
    """The state as of the last run; an empty one where there was none or it is not readable."""
    found = store.query(
        "select state from source_state where repository = ? and source = ?", [AGENTS, SOURCE]
    )["state"].to_pylist()
    try:
        known = orjson.loads(found[0]) if found else {}
        months = {month: (seen[0], seen[1]) for month, seen in known.get("months", {}).items()}
        return PricingState(known.get("prices", ""), months, known.get("cash", ""))
    except (orjson.JSONDecodeError, AttributeError, IndexError, TypeError):
        return PricingState()


def write_state(store: Store, state: PricingState) -> None:
    """Remember the state."""
    row = {
        "source": pa.array([SOURCE], pa.string()),
        "state": pa.array([orjson.dumps(asdict(state)).decode()], pa.string()),
        "read_at": pa.array([datetime.now(UTC)], TIMESTAMP),
    }
    store.merge("source_state", pa.table(row), AGENTS)


def months_now(store: Store) -> Months:
    """The calls in the store, by month."""
    found = store.query(sql("months_of_calls"))
    return {row["month"]: (row["calls"], str(row["contents"])) for row in found.to_pylist()}


def prices_digest(settings: Settings) -> str:
    """Changes with the user's own prices, our own rules, and the version of the list."""
    return _digest(
        _RULES,
        own_rules.VERSION,
        list_version(),
        [entry.model_dump(mode="json") for entry in settings.prices],
    )


def cash_digest(store: Store, settings: Settings, today: date) -> str:
    """Changes with what was paid, with whose calls are whose, and with the month."""
    stored = (
        store.query(f"select sum(hash(hash({name}))) as contents from {name}").to_pylist()
        for name in ("seat", "invoice_line", "identity")
    )
    return _digest(
        _RULES,
        settings.cash.model_dump(mode="json", include={"seats", "invoices"}),
        [person.model_dump(mode="json") for person in settings.people],
        list(stored),
        store.query(sql("whose_calls")).to_pylist(),
        f"{today:%Y-%m}",
    )


@cache
def list_version() -> str:
    """The version of genai-prices, without importing it."""
    from importlib.metadata import version

    return version("genai-prices")


def sql(name: str) -> str:
    """A statement of this package."""
    return resources.files("landed.pricing").joinpath(f"{name}.sql").read_text("utf-8")


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
