-- Every project of the forges: the repository that it is, what was read of it, and its problems.
with
named as (
    select repository, min(name) as name
    from location
    group by repository
),
problems as (
    select subject as project, list(detail order by detail) as problems
    from problem
    where repository = $forges
    group by subject
)
select
    project.project,
    named.name as repository,
    (
        select count(*) from change where change.project = project.project
    ) as changes,
    (
        select count(*) from deployment where deployment.project = project.project
    ) as deployments,
    (
        select count(*) from incident
        where incident.project = project.project and incident.kind <> 'none'
    ) as incidents,
    exists (
        select 1 from source_state
        where source_state.repository = $forges
            and source_state.source = 'mirror:' || project.project
    ) as mirror,
    (
        select max(read_at) from source_state
        where source_state.repository = $forges
            and source_state.source = 'forge:' || project.project || ':finished'
    ) as last_read_at,
    problems.problems
from project
left join named on named.repository = project.belongs_to
left join problems on problems.project = project.project
where project.repository = $forges
order by project.name
