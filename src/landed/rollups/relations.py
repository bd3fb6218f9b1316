"""How a filter narrows each relation on which metrics are asked.

A relation that does not know a dimension is not narrowed by it: deployments know no model.
`ignored` says so, for people to be told. The team of sessions and changes is that of the person;
the team of lines of the ledger is the one that owns the file, where any file is a team's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from landed.rollups.filters import Dimension, Filter

SCHEMA = "rollup"
_TIME = "time"


@dataclass(frozen=True)
class Relation:
    """A stored relation: by what it is narrowed.

    `dimensions` maps what can be chosen to the column that holds it; of an `owned` relation the
    team is the owner of the code. `since` and `until` are conditions on time, with `{since}` and
    `{until}` for seconds; `columns` replaces columns by expressions where a time is given.
    """

    dimensions: dict[Dimension, str]
    since: str | None = None
    until: str | None = None
    columns_since: dict[str, str] | None = None
    columns_until: dict[str, str] | None = None
    owned: bool = False

    def knowing(self, *, teams_own_code: bool) -> Relation:
        """The same, narrowed by the team that owns code only where teams do."""
        if teams_own_code or not self.owned:
            return self
        left = dict(self.dimensions)
        del left["team"]
        return replace(self, dimensions=left)

    def selection(self, name: str, asked: Filter) -> tuple[str, dict[str, object]]:
        """The select statement for what the filter leaves of it, and its parameters."""
        conditions: list[str] = []
        replaced: dict[str, str] = {}
        parameters: dict[str, object] = {}
        for dimension, column in self.dimensions.items():
            if values := asked.values(dimension):
                conditions.append(f"list_contains(${dimension}, coalesce({column}, ''))")
                parameters[dimension] = list(values)
        for condition, columns, bound, second in (
            (self.since, self.columns_since, "since", asked.since_second),
            (self.until, self.columns_until, "until", asked.until_second),
        ):
            if second is None:
                continue
            if condition:
                conditions.append(condition)
            replaced |= columns or {}
            if condition or columns:
                parameters[bound] = second
        told = ", ".join(f"{expression} as {column}" for column, expression in replaced.items())
        rows = f"select *{f' replace ({told})' if told else ''} from {SCHEMA}.{name}"
        return f"{rows}{' where ' + ' and '.join(conditions) if conditions else ''}", parameters

    def ignored(self, asked: Filter) -> tuple[str, ...]:
        """What the filter restricts and this relation does not know, `time` among it."""
        unknown: list[str] = [name for name in asked.restricted if name not in self.dimensions]
        timeless = not (self.since or self.columns_since)
        if timeless and (asked.since is not None or asked.until is not None):
            unknown.append(_TIME)
        return tuple(unknown)


def _named(*dimensions: Dimension) -> dict[Dimension, str]:
    return {dimension: dimension for dimension in dimensions}


_EVERYTHING = _named("repository", "team", "agent", "model", "feature")
_SCOPE = {"since_second": "greatest(since_second, $since)"}

RELATIONS: dict[str, Relation] = {
    # by the time at which the turn began
    "journey_line": Relation(_EVERYTHING, "begun_second >= $since", "begun_second <= $until"),
    "journey_turn": Relation(_EVERYTHING, "started_second >= $since", "started_second <= $until"),
    "spend": Relation(_EVERYTHING, "started_second >= $since", "started_second <= $until"),
    "person_day": Relation(_named("team"), "started_second >= $since", "started_second <= $until"),
    "fixing_day": Relation(
        _named("repository", "team", "agent"),
        "started_second >= $since",
        "started_second <= $until",
    ),
    "session_scope": Relation({}, columns_since=_SCOPE),
    # whole months
    "paid": Relation(
        {},
        "month >= strftime(make_timestamp(cast($since as bigint) * 1000000), '%Y-%m')",
        "month <= strftime(make_timestamp(cast($until as bigint) * 1000000), '%Y-%m')",
    ),
    "month_people": Relation(
        {},
        "month >= strftime(make_timestamp(cast($since as bigint) * 1000000), '%Y-%m')",
        "month <= strftime(make_timestamp(cast($until as bigint) * 1000000), '%Y-%m')",
    ),
    "seat_use": Relation({}),
    "model_vendor": Relation({}),
    "person_team": Relation({}),
    # changes that were open in the time; what came later had not happened yet
    "change_fact": Relation(
        _named("repository", "team", "agent"),
        "(closed_second is null or closed_second >= $since)",
        "opened_second <= $until",
        columns_until={
            "merged_second": "case when merged_second <= $until then merged_second end",
            "closed_second": "case when closed_second <= $until then closed_second end",
            "deployed_second": "case when deployed_second <= $until then deployed_second end",
            "landed": "landed and coalesce(merged_second <= $until, false)",
        },
    ),
    "direct_fact": Relation(
        _named("repository", "team", "agent"), "merged_second >= $since", "merged_second <= $until"
    ),
    "deployment_fact": Relation(_named("repository"), '"second" >= $since', '"second" <= $until'),
    "incident_fact": Relation(
        _named("repository", "agent"), "started_second >= $since", "started_second <= $until"
    ),
    "production_time": Relation(_named("repository", "agent")),
    "delivery_scope": Relation(
        {},
        columns_since=_SCOPE,
        columns_until={"until_second": "least(until_second, $until)"},
    ),
    "repository_scope": Relation(_named("repository")),
    # stays that began by the end of the time; what of them lies in it is the metrics' own business
    "stay": Relation(
        _named("repository", "team", "agent"),
        "(left_second is null or left_second >= $since)",
        "entered_second <= $until",
        owned=True,
    ),
    "landed_step": Relation(_named("repository")),
    "scope": Relation(_named("repository"), columns_since=_SCOPE),
    "carrier": Relation(_named("repository", "team", "agent"), owned=True),
    "commit_fact": Relation(_named("repository")),
    "file": Relation(_named("repository", "team"), owned=True),
    "contributor": Relation(
        _named("repository", "team"),
        "started_second >= $since",
        "started_second <= $until",
        owned=True,
    ),
    # read as a whole by privacy.py, which narrows it itself
    "presence": Relation({}),
    "known_repository": Relation(_named("repository")),
    "missing": Relation(_named("repository")),
    "state": Relation({}),
}
"""Every stored relation by name."""
