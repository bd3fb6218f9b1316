-- name: voices
-- definition: What other people than its author said of each change of the projects that one
--   repository is, up to a time: submitted reviews, comments on the code, and in the discussion.
--   Programs are left out. A person is known by the map of people, else by host and user name.
-- inputs: review, review_comment, change, project, identity
with
known as (
    select value, person
    from identity
    where repository = 'agents' and kind = 'forge-login'
        and person is not null and how not in ('suggested', 'unmatched')
),
said as (
    select project, number, reviewer as login, reviewer_kind as kind, 'review' as what, state,
        submitted_at as said_at
    from review
    where repository = 'forges'
    union all
    select project, number, author as login, author_kind as kind, place as what, null as state,
        created_at as said_at
    from review_comment
    where repository = 'forges'
),
named as (
    select
        said.project,
        said.number,
        said.what,
        said.state,
        said.said_at,
        change.merged_at,
        coalesce(speaker.person, concat(project.host, '/', said.login), 'unknown') as person,
        coalesce(writer.person, concat(project.host, '/', change.author)) as author,
        said.login,
        change.author as author_login
    from said
    join project on project.repository = 'forges' and project.project = said.project
    join change
        on change.repository = 'forges' and change.project = said.project
        and change.number = said.number
    left join known as speaker on speaker.value = concat(project.host, '/', said.login)
    left join known as writer on writer.value = concat(project.host, '/', change.author)
    where project.belongs_to = $repository and said.kind <> 'bot' and said.said_at <= $until
        and not list_contains(cast($bots as varchar[]), coalesce(said.login, ''))
)
select project, number, what, state, said_at, person, merged_at is null or said_at <= merged_at
    as in_time
from named
where login is null or author_login is null or person <> author
order by project, number, said_at, person, what
