-- The deployments of one repository's projects, with how the trees of their commits are known.
select
    deployment.project,
    deployment.deployment,
    deployment.environment,
    coalesce(deployment.production, false) as production,
    deployment.service,
    deployment."commit",
    deployment.state,
    deployment.created_at,
    deployment.finished_at,
    deployed.base_index,
    coalesce(deployed.on_mainline, false) as on_mainline,
    coalesce(deployed.known, false) as known
from deployment
join project
    on project.repository = deployment.repository and project.project = deployment.project
left join deployed_commit as deployed
    on deployed.repository = project.belongs_to and deployed."commit" = deployment."commit"
where deployment.repository = 'forges' and project.belongs_to = $repository
    and deployment.created_at <= $until
order by deployment.project, deployment.deployment
