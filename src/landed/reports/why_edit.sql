-- One edit with its turn and its session, and what both cost. $edit: the edit.
with
chosen as (
    select edit.*, coalesce(turn.session, edit.session) as told_in
    from edit
    left join turn
        on turn.repository = edit.repository and turn.agent = edit.agent
        and turn.turn = edit.turn
    where edit.repository = 'agents' and edit.edit = $edit
),
turns as (
    select
        turn.turn,
        turn.started_at,
        row_number() over (order by turn.started_at, turn.turn) as number,
        count(*) over () as turns
    from turn
    join chosen on chosen.agent = turn.agent and chosen.told_in = turn.session
    where turn.repository = 'agents'
),
edits as (
    select
        edit.edit,
        row_number() over (order by edit.happened_at, edit.session, edit.name, edit.edit) as number,
        count(*) over () as edits
    from edit
    join chosen on chosen.agent = edit.agent and chosen.turn = edit.turn
    where edit.repository = 'agents' and edit.kind <> 'shell'
),
spent as (
    select
        count(*) filter (where price.list_microdollars is null) as unpriced,
        cast(sum(price.list_microdollars) as bigint) as list,
        cast(coalesce(sum(price.cash_microdollars), 0) as bigint) as cash,
        cast(sum(price.list_microdollars) filter (where call.turn = chosen.turn) as bigint)
            as turn_list,
        cast(coalesce(
            sum(price.cash_microdollars) filter (where call.turn = chosen.turn), 0
        ) as bigint) as turn_cash
    from chosen
    join model_call as call on call.repository = 'agents' and call.agent = chosen.agent
    left join turn
        on turn.repository = 'agents' and turn.agent = call.agent and turn.turn = call.turn
    left join call_price as price on price.repository = 'agents' and price.call = call.call
    where coalesce(turn.session, call.session) = chosen.told_in
)
select
    chosen.agent,
    chosen.told_in as session,
    coalesce(session.started_at, chosen.happened_at) as started_at,
    place.person,
    cast(coalesce((select max(turns) from turns), 0) as integer) as turns,
    spent.unpriced,
    spent.list,
    spent.cash,
    chosen.turn,
    cast(turns.number as integer) as turn_number,
    turns.started_at as prompted_at,
    spent.turn_list,
    spent.turn_cash,
    chosen.name,
    cast(edits.number as integer) as edit_number,
    cast(edits.edits as integer) as edits,
    chosen.tool,
    chosen.happened_at,
    chosen.status,
    chosen.decided_by,
    chosen.changed_by_user
from chosen
cross join spent
left join turns on turns.turn = chosen.turn
left join edits on edits.edit = chosen.edit
left join session
    on session.repository = 'agents' and session.agent = chosen.agent
    and session.session = chosen.told_in
left join session_place as place
    on place.repository = 'agents' and place.agent = chosen.agent
    and place.session = chosen.told_in
