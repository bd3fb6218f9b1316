-- What telemetry told of the sessions that are asked for; statements of this folder go on from here.
with wanted as (
    select unnest($agents) as agent, unnest($sessions) as session
),
-- a sub-agent's log tells of a session of its own, telemetry of the one that it belongs to
family as (
    select agent, session, session as member from wanted
    union
    select session.agent, session.parent, session.session
    from session
    join wanted on wanted.agent = session.agent and wanted.session = session.parent
    where session.sub_agent
),
told_turn as (
    select turn.agent, turn.turn, turn.session, turn.started_at, turn.ended_at
    from telemetry_turn as turn
    semi join wanted using (agent, session)
),
bare_call as (
    select call.*
    from telemetry_call as call
    semi join wanted using (agent, session)
),
bare_decision as (
    select decision.*
    from telemetry_decision as decision
    semi join wanted using (agent, session)
),
-- agents that tell no turn with what they do: the last one that had begun
moment as (
    select 'call' as kind, item as name, agent, session, happened_at, turn from bare_call
    union all
    select 'decision', decision, agent, session, happened_at, turn from bare_decision
),
event as (
    select moment.kind, moment.name, moment.agent, moment.session, moment.happened_at,
        coalesce(moment.turn, max_by(told_turn.turn, (told_turn.started_at, told_turn.turn)))
            as turn
    from moment
    left join told_turn on moment.turn is null and told_turn.agent = moment.agent
        and told_turn.session = moment.session and told_turn.started_at <= moment.happened_at
    group by moment.kind, moment.name, moment.agent, moment.session, moment.happened_at,
        moment.turn
),
told_call as (
    select bare_call.* exclude (turn), event.turn
    from bare_call
    join event on event.kind = 'call' and event.name = bare_call.item
),
