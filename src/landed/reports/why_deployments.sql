-- What was deployed, as its source calls it, and the release tag on its commit.
-- $repository, $deployments.
select
    deployment.project,
    deployment.deployment,
    coalesce(min(release.tag), min(deployment.ref)) as ref
from deployment
join project on project.repository = deployment.repository and project.project = deployment.project
left join "commit" as made
    on made.repository = $repository and made."commit" = deployment."commit"
left join release
    on release.repository = $repository and release.commit_index = made.commit_index
where deployment.repository = 'forges' and project.belongs_to = $repository
    and deployment.deployment in (select unnest($deployments::varchar[]))
group by deployment.project, deployment.deployment
