"""Small tables of generated lines, turns and actions, so that figures can be reckoned on paper.

    made = SessionTables()
    made.lines(10, bucket="live", cost=50)     # ten lines in production, 5 micro-dollars each
    made.turn(cost=50)
    made.rows("funnel")

Days count from `START`; the window ends on day `END`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from landed.journey import JOURNEY_LINE_SCHEMA, JOURNEY_TURN_SCHEMA, Journey, Missing
from landed.journey.model import UNDONE, WASTED
from landed.metrics import SessionBench, SessionFacts

DAY = 86_400
MINUTE = 60_000
START = 1_750_000_000
END = 200
AT = datetime.fromtimestamp(START + END * DAY, UTC)
SHOP = "0123456789abcdef"
CART = "fedcba9876543210"

_REACHED = {
    "live": 5,
    "merged": 3,
    "reworked": 3,
    "replaced": 3,
    "rewritten_in_review": 2,
    "closed": 2,
    "unmerged": 2,
    "untraced": 2,
    "pending": 1,
    "discarded": 1,
    "excluded": 1,
    "outside": 1,
    "superseded": 1,
    "rejected": 0,
}
"""How many of accepted, committed, merged, deployed and live a line of each bucket got to."""
_STAGES = ("accepted", "committed", "merged", "deployed", "live")
_TIMES = ("generated", "committed", "merged", "deployed", "retired", "left", "started", "ended")


class SessionTables:
    """Rows of what the metrics of sessions read, collected until they are asked."""

    def __init__(self, *, developers: int | None = None, hourly: float | None = None) -> None:
        self.rows_of: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
        self.missing: list[Missing] = []
        self.rows_of["session_scope"].append(
            {
                "since_second": 0,
                "until_second": START + END * DAY,
                "rework_days": 21,
                "developers": developers,
                "hourly_microdollars": None if hourly is None else round(hourly * 1_000_000),
            }
        )

    def lines(
        self,
        number: int,
        /,
        *,
        bucket: str = "live",
        day: float = 100,
        cost: int = 0,
        cash: int = 0,
        merged_on: float | None = None,
        deployed_on: float | None = None,
        retired_on: float | None = None,
        left_on: float | None = None,
        **values: Any,
    ) -> None:
        """`number` lines of one fate; `cost` and `cash` are what all of them bear."""
        got = dict.fromkeys(_STAGES[: _REACHED[bucket]], True)
        if deployed_on is not None:
            got["deployed"] = True
        for place in range(number):
            row: dict[str, Any] = {
                "repository": SHOP,
                "edit": 1,
                "ordinal": place,
                "agent": "claude-code",
                "session": "s1",
                "turn": "t1",
                "lines": 1,
                "begun_second": _second(day),
                "bucket": bucket,
                "decided": False,
                "list_microdollars": cost // number,
                "cash_microdollars": cash // number,
                **dict.fromkeys(_STAGES, False),
                **got,
                "generated_second": _second(day),
                "generated_month": _month(day),
                "merged_second": _second(merged_on),
                "deployed_second": _second(deployed_on),
                "retired_second": _second(retired_on),
                "live_30": _lasted(deployed_on, retired_on),
                "left_second": _second(left_on),
            }
            row |= values
            undone = bucket == "reworked" and row.get("reason") in UNDONE
            self.rows_of["journey_line"].append({**row, "wasted": bucket in WASTED or undone})

    def turn(self, *, cost: int = 0, cash: int = 0, day: float = 100, **values: Any) -> None:
        """One turn, of a call that has a price."""
        row: dict[str, Any] = {
            "repository": SHOP,
            "agent": "claude-code",
            "session": "s1",
            "turn": "t1",
            "kind": "lines",
            "calls": 1,
            "unpriced_calls": 0,
            "input_tokens": 100,
            "cache_read_tokens": 20,
            "cache_write_tokens": 3,
            "output_tokens": 4,
            "list_microdollars": cost,
            "cash_microdollars": cash,
            "started_second": _second(day),
            "ended_second": _second(day),
        }
        row |= values
        self.rows_of["journey_turn"].append({**row, "turns": int(row["turn"] is not None)})

    def acts(self, *minutes: float, person: str = "ana", **values: Any) -> None:
        """A person acts at these minutes."""
        for minute in minutes:
            self._span(minute, minute, person=person, actor="person", **values)

    def works(self, first: float, last: float, *, person: str = "ana", **values: Any) -> None:
        """An agent of a person works from one minute to another."""
        self._span(first, last, person=person, actor="agent", **values)

    def fixes(self, turn: str, **values: Any) -> None:
        """A turn took out young lines that an agent had generated."""
        self._add("fixing_turn", repository=SHOP, agent="claude-code", turn=turn, **values)

    def pays(self, month: str, paid: int, borne: int = 0, vendor: str = "anthropic") -> None:
        """So many micro-dollars were paid for a month, of which calls bear `borne`."""
        self._add(
            "paid",
            vendor=vendor,
            month=month,
            rule="share",
            subject="usage",
            paid_microdollars=paid,
            allocated_microdollars=borne,
            unallocated_microdollars=paid - borne,
        )

    def people(self, month: str, *, active: int, developers: int) -> None:
        """How many ran agents in a month, and how many did that or committed."""
        self._add("month_people", month=month, active=active, developers=developers)

    def seat(self, holder: str, *, used_on: float | None, cost: int = 20) -> None:
        """A seat at a vendor, and the day on which its holder last used it."""
        self._add(
            "seat_use",
            vendor="cursor",
            holder=holder,
            monthly_microdollars=cost,
            last_second=_second(used_on),
        )

    def without_production(self, repository: str = SHOP) -> None:
        """Nothing says what is in production there."""
        self.missing.append(Missing(repository, "no release tags and no deployments are known"))
        for row in self.rows_of["journey_line"]:
            if row["repository"] == repository:
                row.update(deployed=None, live=None)

    def team(self, person: str, team: str) -> None:
        """A person is in a team."""
        self._add("person_team", person=person, team=team)

    def vendor(self, model: str, vendor: str, agent: str = "claude-code") -> None:
        """Who is paid for the calls of a model."""
        self._add("model_vendor", agent=agent, model=model, vendor=vendor)

    def facts(self) -> SessionFacts:
        """All that was collected."""
        tables = {
            name: pa.Table.from_pylist(rows, SCHEMAS[name]) for name, rows in self.rows_of.items()
        }
        lines, turns = JOURNEY_LINE_SCHEMA.empty_table(), JOURNEY_TURN_SCHEMA.empty_table()
        return SessionFacts(Journey(lines, turns, turns, AT, self.missing), tables)

    def rows(self, metric: str) -> list[dict[str, Any]]:
        """What a metric answers."""
        with SessionBench(self.facts()) as bench:
            return bench.rows(metric)

    def row(self, metric: str) -> dict[str, Any]:
        """The one row that a metric answers."""
        (found,) = self.rows(metric)
        return found

    def _span(self, first: float, last: float, **values: Any) -> None:
        row = {"repository": SHOP, "agent": "claude-code", "session": "s1", "turn": "t1"}
        times = {"started_ms": round(first * MINUTE), "ended_ms": round(last * MINUTE)}
        self._add("activity_span", **{**row, **times, **values})

    def _add(self, table: str, **values: Any) -> None:
        self.rows_of[table].append(values)


def _lasted(deployed_on: float | None, retired_on: float | None) -> bool | None:
    """Whether one stay in production lasted 30 days; null without any."""
    if deployed_on is None:
        return None
    return retired_on is None or retired_on >= deployed_on + 30


def _second(day: float | None) -> int | None:
    return None if day is None else START + round(day * DAY)


def _month(day: float) -> str:
    return f"{datetime.fromtimestamp(START + day * DAY, UTC):%Y-%m}"


def _with_seconds(schema: pa.Schema) -> pa.Schema:
    """As the metrics see it: nothing is required, and times are seconds."""
    fields = []
    for field in schema:
        name = field.name.removesuffix("_at")
        if name != field.name and name in _TIMES:
            fields.append(pa.field(f"{name}_second", pa.int64()))
        else:
            fields.append(pa.field(field.name, field.type))
    return pa.schema(fields)


def _schema(texts: str, numbers: str) -> pa.Schema:
    return pa.schema(
        [(name, pa.string()) for name in texts.split()]
        + [(name, pa.int64()) for name in numbers.split()]
    )


SCHEMAS = {
    "journey_line": pa.schema(
        [
            *_with_seconds(JOURNEY_LINE_SCHEMA),
            ("generated_month", pa.string()),
            ("begun_second", pa.int64()),
            ("lines", pa.int64()),
        ]
    ),
    "journey_turn": _with_seconds(JOURNEY_TURN_SCHEMA).append(pa.field("turns", pa.int64())),
    "activity_span": _schema("repository person agent session turn actor", "started_ms ended_ms"),
    "fixing_turn": _schema("repository agent turn", ""),
    "paid": _schema(
        "vendor month rule subject",
        "paid_microdollars allocated_microdollars unallocated_microdollars",
    ),
    "month_people": _schema("month", "active developers"),
    "seat_use": _schema("vendor holder", "monthly_microdollars last_second"),
    "model_vendor": _schema("agent model vendor", ""),
    "person_team": _schema("person team", ""),
    "session_scope": _schema(
        "", "since_second until_second rework_days developers hourly_microdollars"
    ),
}
