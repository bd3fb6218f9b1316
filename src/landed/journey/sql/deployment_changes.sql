-- The changes that forges themselves say were in deployments.
select told.project, told.deployment, told.number
from deployment_change as told
join project on project.repository = 'forges' and project.project = told.project
where told.repository = 'forges' and project.belongs_to = $repository
