"""The latest deployments and incidents, as `landed deployment list` and `incident list` show."""

from __future__ import annotations

from typing import Any

from landed.records import FORGES
from landed.reports.wording import printable
from landed.store import Store

_DEPLOYMENTS = """
    select
        coalesce(project.name, deployment.project) as project,
        deployment.deployment as id,
        deployment.environment,
        deployment.service,
        deployment."commit",
        deployment.ref,
        deployment.state,
        deployment.created_at,
        deployment.finished_at,
        deployment.source,
        project.belongs_to as repository
    from deployment
    left join project
        on project.repository = deployment.repository and project.project = deployment.project
    where deployment.repository = $forges
        and ($only is null or deployment.environment = $only)
    order by coalesce(deployment.finished_at, deployment.created_at) desc nulls last,
        deployment.project, deployment.deployment
    limit $most
"""
_INCIDENTS = """
    select
        coalesce(project.name, nullif(incident.project, 'named:')) as project,
        incident.incident as id,
        incident.number,
        incident.kind,
        incident.title,
        incident.severity,
        incident.service,
        incident.environment,
        incident.started_at,
        incident.resolved_at,
        incident.source,
        project.belongs_to as repository,
        coalesce(links.links, []) as links
    from incident
    left join project
        on project.repository = incident.repository and project.project = incident.project
    left join (
        select
            project,
            incident,
            list({'kind': kind, 'target': target, 'rule': rule} order by kind, target) as links
        from incident_link
        where repository = $forges
        group by project, incident
    ) as links
        on links.project = incident.project and links.incident = incident.incident
    where incident.repository = $forges
        and incident.kind <> 'none'
        and ($only is null or incident.kind = $only)
    order by incident.started_at desc nulls last, incident.project, incident.incident
    limit $most
"""


def deployments_shown(store: Store, environment: str | None, most: int) -> list[dict[str, Any]]:
    """The latest deployments, of one environment or all, as `--json` prints them."""
    return _rows(store, _DEPLOYMENTS, environment, most)


def incidents_shown(store: Store, kind: str | None, most: int) -> list[dict[str, Any]]:
    """The latest incidents and bugs, or those of one kind, as `--json` prints them."""
    return _rows(store, _INCIDENTS, kind, most)


def deployment_lines(shown: list[dict[str, Any]]) -> list[str]:
    """Deployments for a terminal, one on a line."""
    if not shown:
        return [
            "no deployment is known: landed connect, landed deployment record, or landed "
            "deployment import FILE"
        ]
    lines = []
    for row in shown:
        what = (row["environment"], row["service"], row["state"], row["ref"])
        lines.append(
            f"{_time(row['finished_at'] or row['created_at'])}  {row['commit'][:12]}  "
            f"{row['project']}  {'  '.join(part for part in what if part)}"
        )
    return [printable(line) for line in lines]


def incident_lines(shown: list[dict[str, Any]]) -> list[str]:
    """Incidents and bugs for a terminal, one on a line, what is said of their causes below."""
    if not shown:
        return ["no incident is known: landed connect, or landed incident import FILE"]
    lines = []
    for row in shown:
        over = f"resolved {_time(row['resolved_at'])}" if row["resolved_at"] else "not resolved"
        where = row["project"] or "no repository told"
        name = row["id"].partition(":")[2] or row["id"]
        lines.append(
            f"{_time(row['started_at'])}  {row['kind']} {name}  {where}  {row['title']}; {over}"
        )
        for link in row["links"]:
            lines.append(f"  {link['kind'].replace('-', ' ')} {link['target']} ({link['rule']})")
    return [printable(line) for line in lines]


def _rows(store: Store, sql: str, only: str | None, most: int) -> list[dict[str, Any]]:
    found = store.query(sql, {"forges": FORGES, "only": only, "most": most})
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def _time(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
