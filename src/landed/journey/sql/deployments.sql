-- The deployments of one repository's projects, with how the trees of their commits are known. One
-- that a pipeline or file tells of as well as the forge, within an hour of each other, is the
-- forge's, unless the pipeline knows its service.
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
    and not (
        project.forge = 'named'
        and deployment.service is null
        and exists (
            select 1
            from deployment as told
            join project as own
                on own.repository = told.repository and own.project = told.project
            where told.repository = 'forges' and own.belongs_to = $repository
                and own.forge <> 'named'
                and told."commit" = deployment."commit"
                and lower(told.environment) = lower(deployment.environment)
                and told.created_at <= $until
                and abs(epoch(told.created_at) - epoch(deployment.created_at)) <= 3600
        )
    )
order by deployment.project, deployment.deployment
