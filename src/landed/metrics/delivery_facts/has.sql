-- name: has
-- definition: What is known of the projects that one repository is: whether a forge tells of them,
--   and whether it tells of checks, reviews, deployments and incidents.
-- inputs: project, check_run, review, review_comment, deployment, incident
with
own as (
    select project, forge from project where repository = 'forges' and belongs_to = $repository
)
select
    exists (select 1 from own where forge <> 'named') as has_forge,
    exists (
        select 1 from check_run join own on own.project = check_run.project
        where check_run.repository = 'forges'
    ) as has_checks,
    exists (
        select 1 from review join own on own.project = review.project
        where review.repository = 'forges'
    ) or exists (
        select 1 from review_comment join own on own.project = review_comment.project
        where review_comment.repository = 'forges'
    ) as has_reviews,
    exists (
        select 1 from deployment join own on own.project = deployment.project
        where deployment.repository = 'forges'
    ) as has_deployments,
    exists (
        select 1 from incident join own on own.project = incident.project
        where incident.repository = 'forges' and incident.kind in ('incident', 'bug')
    ) as has_incidents
