-- name: captured_month
-- definition: For each month, how many people's calls are captured; where the person is not known, the
--   user of the machine stands for one.
-- inputs: model_call, session, session_place
select
    strftime(model_call.happened_at, '%Y-%m') as month,
    count(distinct coalesce(place.person, session.machine_user)) as active
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
group by strftime(model_call.happened_at, '%Y-%m')
order by month
