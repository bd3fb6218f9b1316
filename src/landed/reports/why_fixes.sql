-- Commits that may have repaired an incident or bug of one repository: more than do, never fewer.
-- $repository.
with
asked as (
    select incident.project, incident.incident, incident.number
    from incident
    join project on project.repository = 'forges' and project.project = incident.project
    where incident.repository = 'forges' and project.belongs_to = $repository
        and incident.kind in ('incident', 'bug')
),
told as (
    select link.kind, link.target
    from incident_link as link
    join asked on asked.project = link.project and asked.incident = link.incident
    where link.repository = 'forges' and link.kind in ('fixed-by-change', 'fixed-by-commit')
),
closing as (
    select reference.project, reference.number
    from change_reference as reference
    join asked
        on asked.number = try_cast(regexp_extract(reference.target, '\d+$') as bigint)
    where reference.repository = 'forges' and reference.kind = 'closes'
    union
    select change.project, change.number
    from change
    join told
        on told.kind = 'fixed-by-change'
        and change.number = try_cast(regexp_extract(told.target, '\d+$') as bigint)
    where change.repository = 'forges'
),
landed as (
    select distinct landing.step
    from change_landing as landing
    join closing on closing.project = landing.project and closing.number = landing.number
    where landing.repository = $repository
),
said as (
    select
        "commit".commit_index,
        unnest(regexp_extract_all("commit".subject, '#(\d+)', 1)) as number
    from "commit"
    where "commit".repository = $repository and "commit".change_index is not null
        and contains("commit".subject, '#')
)
select "commit".commit_index
from "commit"
join landed on landed.step = "commit".change_index
where "commit".repository = $repository
union
select said.commit_index
from said
join asked on asked.number = try_cast(said.number as bigint)
union
select "commit".commit_index
from "commit"
join told
    on told.kind = 'fixed-by-commit' and starts_with("commit"."commit", told.target)
where "commit".repository = $repository and length(told.target) >= 7
