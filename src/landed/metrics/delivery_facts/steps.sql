-- name: steps
-- definition: What each step of one repository's main line brought: its commits, when the first of
--   them was written, the lines they added and took out, and who made the step itself.
-- inputs: commit, commit_attribution, identity, contact
with
known as (
    select value, person
    from identity
    where repository = 'agents' and kind = 'git-author' and person is not null
),
brought as (
    select
        change_index as step,
        min(authored_at) as first_commit_at,
        count(*) as commits,
        sum(lines_added) as additions,
        sum(lines_removed) as deletions
    from "commit"
    where repository = $repository and change_index is not null
    group by change_index
)
select
    brought.step,
    made.subject as title,
    coalesce(known.person, contact.canonical_email, lower(made.author_email)) as author,
    coalesce(decided.who = 'automation', false) as automation,
    brought.first_commit_at,
    brought.commits,
    cast(brought.additions as bigint) as additions,
    cast(brought.deletions as bigint) as deletions
from brought
join "commit" as made
    on made.repository = $repository and made.mainline_index = brought.step
left join contact
    on contact.repository = $repository and contact.name = made.author_name
    and contact.email = made.author_email
left join known on known.value = lower(made.author_email)
left join commit_attribution as decided
    on decided.repository = $repository and decided.commit_index = made.commit_index
order by brought.step
