-- What is known of every session and turn that costs are grouped by; a session's row without a
-- turn stands for all that its turns do not tell. Parameters as in cost.sql.
select
    session.agent,
    session.session,
    turn.turn,
    coalesce(case when session.sub_agent then session.parent end, session.session)
        as conversation,
    coalesce(place.belongs_to, place.worktree, place.name) as home,
    place.feature,
    place.person,
    coalesce(turn.branch, session.branch) as branch
from session
left join turn
    on turn.repository = session.repository
    and turn.agent = session.agent
    and turn.session = session.session
left join session_place as place
    on place.repository = session.repository
    and place.agent = session.agent
    and place.session = session.session
where $repositories is null
    or list_contains($repositories, place.belongs_to)
    or list_contains($tops, place.worktree)
