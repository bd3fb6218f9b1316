-- The changes with which a lineage or one of its lines landed, or whose branches bear its commits.
-- $repository, $commits that its lines were born in, $step with which it landed first, $own_step
-- with which the line itself did (both null where it has not).
with
landing as (
    select
        landed.project,
        landed.number,
        min(landed.rule) as rule,
        bool_or(landed.step = $step::integer) as lands,
        bool_or(landed.step = $own_step::integer) as carries,
        bool_or(landed."commit" = change.merge_commit) as merges
    from change_landing as landed
    left join change
        on change.repository = 'forges' and change.project = landed.project
        and change.number = landed.number
    where landed.repository = $repository and landed.step in ($step::integer, $own_step::integer)
    group by landed.project, landed.number
),
bearing as (
    select distinct project, number
    from change_commit
    where repository = 'forges' and "commit" in (select unnest($commits::varchar[]))
),
size as (
    select change_commit.project, change_commit.number, count(*) as commits
    from change_commit
    join bearing
        on bearing.project = change_commit.project and bearing.number = change_commit.number
    where change_commit.repository = 'forges'
    group by change_commit.project, change_commit.number
),
writer as (
    select identity.value, min(contact.canonical_name) as name
    from identity
    join contact
        on contact.repository = $repository and contact.canonical_email = identity.person
    where identity.repository = 'agents' and identity.kind = 'forge-login'
        and identity.person is not null and identity.how not in ('suggested', 'unmatched')
    group by identity.value
)
select
    change.project,
    project.name as project_name,
    change.number,
    change.title,
    change.state,
    change.draft,
    coalesce(writer.name, account.name, change.author) as author,
    change.base_ref,
    change.head_commit,
    change.merge_commit,
    change.opened_at,
    change.merged_at,
    coalesce(change.closed_at, change.merged_at) as closed_at,
    landing.rule,
    coalesce(landing.lands, false) as lands,
    coalesce(landing.carries, false) as carries,
    coalesce(landing.merges, false) as merges,
    bearing.number is not null as bears,
    coalesce(size.commits, 0) as commits
from change
join project on project.repository = change.repository and project.project = change.project
left join landing on landing.project = change.project and landing.number = change.number
left join bearing on bearing.project = change.project and bearing.number = change.number
left join size on size.project = change.project and size.number = change.number
left join writer on writer.value = concat(project.host, '/', change.author)
left join account
    on account.repository = 'forges' and account.host = project.host
    and account.login = change.author
where change.repository = 'forges' and project.belongs_to = $repository
    and (landing.number is not null or bearing.number is not null)
order by change.opened_at, change.project, change.number
