-- The commits that the projects of one repository deployed with success, and the settings' and
-- the sources' word on whether that was production.
select
    deployment."commit",
    list(distinct deployment.environment order by deployment.environment) as environments,
    bool_or(coalesce(deployment.production, false)) as production
from deployment
join project
    on project.repository = deployment.repository and project.project = deployment.project
where deployment.repository = 'forges' and project.belongs_to = $repository
    and deployment.state = 'success'
group by deployment."commit"
order by deployment."commit"
