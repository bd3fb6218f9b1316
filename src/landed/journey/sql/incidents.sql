-- Incidents and bugs of the projects that one repository is, which had begun by then.
select
    incident.project,
    project.name as project_name,
    incident.incident,
    incident.number,
    incident.kind,
    incident.title,
    incident.severity,
    incident.service,
    incident.environment,
    incident.started_at,
    case when incident.resolved_at <= $until then incident.resolved_at end as resolved_at
from incident
join project on project.repository = 'forges' and project.project = incident.project
where incident.repository = 'forges' and project.belongs_to = $repository
    and incident.kind in ('incident', 'bug') and incident.started_at <= $until
order by incident.project, incident.incident
