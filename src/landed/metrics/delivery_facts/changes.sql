-- name: changes
-- definition: Every change of the projects that one repository is, with its author, the first of
--   its commits, and whether signals say that a program or an agent opened it.
-- inputs: change, project, identity, change_commit, commit, change_signal,
--   change_landing, change_reference
with
shown as (
    select change.*, project.host
    from change
    join project on project.repository = 'forges' and project.project = change.project
    where change.repository = 'forges' and project.belongs_to = $repository
),
known as (
    select value, person
    from identity
    where repository = 'agents' and kind = 'forge-login'
        and person is not null and how not in ('suggested', 'unmatched')
),
begun as (
    select
        branch.project, branch.number,
        min(coalesce(branch.authored_at, made.authored_at)) as first_commit_at
    from change_commit as branch
    left join "commit" as made
        on made.repository = $repository and made."commit" = branch."commit"
    where branch.repository = 'forges'
    group by branch.project, branch.number
),
landed as (
    select landing.project, landing.number, min(made.authored_at) as first_commit_at
    from change_landing as landing
    join "commit" as made
        on made.repository = $repository and made.change_index = landing.step
    where landing.repository = $repository
    group by landing.project, landing.number
),
signalled as (
    select project, number, bool_or(who = 'automation') as by_program, bool_or(who = 'ai') as by_ai
    from change_signal
    where repository = 'forges' and place = 'author'
    group by project, number
),
undoing as (
    select distinct project, number
    from change_reference
    where repository = 'forges' and kind = 'reverts'
)
select
    shown.project,
    shown.number,
    shown.title,
    shown.draft,
    shown.author as login,
    shown.host,
    shown.author_kind,
    known.person,
    shown.head_ref,
    shown.opened_at,
    coalesce(begun.first_commit_at, landed.first_commit_at) as first_commit_at,
    shown.merged_at,
    coalesce(shown.closed_at, shown.merged_at) as closed_at,
    shown.additions,
    shown.deletions,
    shown.files,
    shown.commits,
    coalesce(signalled.by_program, false) as by_program,
    coalesce(signalled.by_ai, false) as by_ai,
    undoing.number is not null as reverts
from shown
left join known on known.value = concat(shown.host, '/', shown.author)
left join begun on begun.project = shown.project and begun.number = shown.number
left join landed on landed.project = shown.project and landed.number = shown.number
left join signalled on signalled.project = shown.project and signalled.number = shown.number
left join undoing on undoing.project = shown.project and undoing.number = shown.number
order by shown.project, shown.number
