-- name: month_people
-- definition: For each month (UTC), how many people's calls are captured, and how many people committed
--   or ran agents; automation left out. Where the person is not known, the user of the machine
--   stands for one.
-- inputs: commit, contact, commit_attribution, model_call, session, session_place
with
ran as (
    select
        strftime(model_call.happened_at, '%Y-%m') as month,
        coalesce(place.person, session.machine_user) as person
    from model_call
    inner join session
        on
            session.repository = model_call.repository
            and session.agent = model_call.agent
            and session.session = model_call.session
    left join session_place as place
        on
            place.repository = session.repository
            and place.agent = session.agent
            and place.session = session.session
),
wrote as (
    select
        strftime("commit".authored_at, '%Y-%m') as month,
        lower(contact.canonical_email) as person
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
seen as (
    select month, person, true as active from ran
    union all
    select month, person, false as active from wrote
)
select
    month,
    count(distinct case when active then person end) as active,
    count(distinct person) as developers
from seen
group by month
order by month
