-- name: developers
-- definition: How many people committed or ran agents in the window.
-- inputs: commit, contact, session_place, session
select count(distinct person) as developers
from (
    select contact.canonical_email as person
    from "commit"
    inner join contact
        on
            contact.repository = "commit".repository
            and contact.name = "commit".author_name
            and contact.email = "commit".author_email
    where "commit".authored_at between $since and $until
    union all
    select coalesce(place.person, session.machine_user) as person
    from session
    left join session_place as place
        on
            place.repository = session.repository
            and place.agent = session.agent
            and place.session = session.session
    where session.started_at between $since and $until
)
