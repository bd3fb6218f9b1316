-- name: activity_span
-- definition: What people and agents did in sessions of the asked repositories (null = all) and began in
--   the window: a person's action is an instant, an agent's work a span. Where the person is not known
--   the session stands for one. Times in milliseconds since 1970.
-- inputs: activity, session_place
select
    place.belongs_to as repository,
    coalesce(place.person, place.agent || ' ' || place.session) as person,
    activity.agent,
    activity.session,
    activity.turn,
    activity.actor,
    epoch_ms(activity.started_at) as started_ms,
    epoch_ms(activity.ended_at) as ended_ms
from activity
inner join session_place as place
    on
        place.repository = activity.repository
        and place.agent = activity.agent
        and place.session = activity.session
where
    (
        cast($repositories as varchar[]) is null
        or list_contains(cast($repositories as varchar[]), place.belongs_to)
    )
    and activity.started_at >= $since
    and activity.started_at < $until
order by repository, person, started_ms, ended_ms, activity.agent, activity.session, activity.actor
