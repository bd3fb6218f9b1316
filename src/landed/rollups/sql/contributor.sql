-- Who made commits of one repository on which day (UTC), and for each team whose files they wrote
-- lines in; programs are nobody. path_team has the paths that a team owns. Where there are any, a
-- commit without lines counts for nobody: it would make whoever only merges one of a team's people.
with
made as (
    select
        "commit".repository,
        "commit".commit_index,
        lower(contact.canonical_email) as person,
        cast(floor(epoch("commit".committed_at) / 86400) as bigint) * 86400 as started_second
    from "commit"
    inner join contact
        on
            contact.repository = "commit".repository
            and contact.name = "commit".author_name
            and contact.email = "commit".author_email
    left join commit_attribution as whole
        on
            whole.repository = "commit".repository
            and whole.commit_index = "commit".commit_index
    where whole.who is null or whole.who <> 'automation'
),
written as (
    select distinct line.repository, line.commit_index, path_team.team
    from line
    left join path_team
        on path_team.repository = line.repository and path_team.path_index = line.path_index
)
select distinct
    made.repository,
    made.person,
    written.team,
    made.started_second
from made
left join written
    on written.repository = made.repository and written.commit_index = made.commit_index
where
    written.commit_index is not null
    or not exists (select 1 from path_team)
order by made.repository, made.person, made.started_second, written.team nulls first
