-- The deployments with which one change first came to production, and the incidents and bugs traced
-- to them. $repository, $second: when it first was in production.
select
    deployment.environment,
    deployment.service,
    deployment.kind,
    deployment.second,
    deployment.failed_by,
    incident.kind as incident_kind,
    incident.title as incident_title,
    incident.severity,
    incident.rule,
    incident.started_second,
    incident.resolved_second
from rollup.deployment_fact as deployment
left join rollup.incident_fact as incident
    on incident.repository = deployment.repository
    and incident.project = deployment.project
    and incident.deployment = deployment.deployment
where deployment.repository = $repository and deployment.second = $second
    and deployment.succeeded
order by deployment.environment, deployment.service nulls first, incident.started_second nulls last
