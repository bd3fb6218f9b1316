"""The made-up company's `landed.toml`: people, features, seats, invoices and budgets."""

from __future__ import annotations

import random as randomness
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from landed.demo.clock import MONTH, beginning_of
from landed.demo.company import (
    MONTHS,
    NOTICE,
    PEOPLE,
    TEAMS,
    VOICE,
    VOICE_BRANCH,
    Person,
    Tool,
    members,
)

_SEATS = {"claude-code": ("anthropic", "Team", 25.0), "codex": ("openai", "Business", 30.0)}
_BILLED: dict[Tool, tuple[str, float]] = {
    "claude-code": ("anthropic", 0.6),
    "codex": ("openai", 0.35),
    "gemini-cli": ("google", 0.9),
}
"""Who bills an agent's usage, and what share of it comes to cash beside seats."""
_DISCOUNT_MONTH = 12
_IDLE_LOGINS = ("dorte", "emrys", "gideon", "nela", "hedda", "ivo")
_CAPTURED = 11
"""So many people without agents are known to use none."""
KEY = "00f4decafc0ffee0000000000000decaf"[:32]
"""The demo's hashing key: nothing here is secret, and the same seed has to give the same rows."""


def write_settings(
    path: Path, directory: Path, end: datetime, seed: int, spent: dict[Tool, list[float]]
) -> None:
    """Write the settings file at `path` for a demo below `directory`.

    `spent` are about the list dollars of each agent by month, on which invoices of usage rest.
    """
    parts = [
        f"# {NOTICE}",
        'workspace = "workspace"',
        f"notice = {_toml(NOTICE)}",
        f'key = "{KEY}"',
        'refs = ["refs/pull/*/head"]',
        "",
        *_section("sessions", {"own_home": False, "homes": _homes(directory)}),
        *_section("reviews", {"design_paths": ["internal/", "src/main/"]}),
        *_section(
            "cash",
            {"hourly_rate": 95, "check_minute": 0.008, "developers": len(PEOPLE)},
        ),
    ]
    for person in PEOPLE:
        parts += _section("[people]", _person(person, end))
        mapping = {"log": f"/home/{person.login}/src", "here": str(directory / "repositories")}
        parts += _section("[sessions.paths]", mapping)
    parts += _section(
        "[sessions.paths]",
        {"log": "/home/tostrava/src", "here": str(directory / "repositories")},
    )
    for feature in _features():
        parts += _section("[features]", feature)
    for seat in _seats(end):
        parts += _section("[cash.seats]", seat)
    for line in _invoices(end, seed, spent):
        parts += _section("[cash.invoices]", line)
    parts += _section("[budgets]", {"dollars": 1500})
    for team in TEAMS:
        parts += _section("[budgets]", {"dollars": 60.0 * len(members(team)), "team": team})
    path.write_text("\n".join(parts), "utf-8")


def _section(name: str, values: dict[str, Any]) -> list[str]:
    return [f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in values.items()), ""]


def _toml(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return orjson.dumps(value).decode()


def _homes(directory: Path) -> list[str]:
    logins = [person.login for person in PEOPLE if person.logged and person.starts is not None]
    return [str(directory / "homes" / login) for login in (*logins, "tostrava")]


def _person(person: Person, end: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {
        "emails": [person.email],
        "name": person.name,
        "team": person.team,
        "logins": [person.login],
    }
    if person.senior:
        values["senior"] = True
    if person.starts is None:
        values["uses_ai"] = False
    elif person.logged and person.team in ("growth", "platform", "security"):
        values["all_tools_captured_since"] = beginning_of(end.date(), MONTHS).date()
    return values


def _features() -> list[dict[str, Any]]:
    return [
        {"name": VOICE, "branches": [f"{VOICE_BRANCH}*"]},
        {"name": "Simple returns", "branches": ["returns/*"]},
        {"name": "Gift cards", "branches": ["gift-cards/*"]},
        {"name": "Search and campaigns", "repositories": ["*/search", "*/campaigns"]},
        {"name": "Repairs", "branches": ["fix/*"]},
    ]


def _seats(end: datetime) -> list[dict[str, Any]]:
    begin = beginning_of(end.date(), MONTHS)
    found = []
    for person in PEOPLE:
        idle = person.login in _IDLE_LOGINS
        if person.starts is None and not idle:
            continue
        known = _SEATS.get(person.tool)
        if known is None:
            continue
        since = begin + (8 if idle else person.starts or 0) * MONTH
        found.append(
            {
                "vendor": known[0],
                "holder": person.email,
                "monthly": known[2],
                "plan": known[1],
                "since": since.date(),
            }
        )
    return found


def _invoices(end: datetime, seed: int, spent: dict[Tool, list[float]]) -> list[dict[str, Any]]:
    """A line a month and vendor: usage beyond the seats, of one vendor with a discount later."""
    random = randomness.Random(f"{seed} invoices")
    begin = beginning_of(end.date(), MONTHS)
    found = []
    for tool, (vendor, share) in _BILLED.items():
        for place, dollars in enumerate(spent.get(tool, [])):
            month = (begin + (place + 0.5) * MONTH).strftime("%Y-%m")
            amount = round(dollars * share * random.uniform(0.9, 1.1), 2)
            if amount <= 0:
                continue
            line = {
                "vendor": vendor,
                "month": month,
                "kind": "usage",
                "amount": amount,
                "invoice": f"{vendor}-{month}",
            }
            found.append(line)
            if vendor == "anthropic" and place >= _DISCOUNT_MONTH:
                less = {"kind": "discount", "amount": -round(amount * 0.1, 2)}
                found.append(line | less)
    return found
