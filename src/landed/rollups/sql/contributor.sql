-- Who made commits of one repository on which day (UTC); programs are nobody.
select distinct
    repository,
    person,
    started_second
from (
    select
        made.repository,
        lower(contact.canonical_email) as person,
        cast(floor(epoch(made.committed_at) / 86400) as bigint) * 86400 as started_second
    from "commit" as made
    inner join contact
        on
            contact.repository = made.repository
            and contact.name = made.author_name
            and contact.email = made.author_email
    left join commit_attribution as whole
        on whole.repository = made.repository and whole.commit_index = made.commit_index
    where whole.who is null or whole.who <> 'automation'
) as authored
order by repository, person, started_second
