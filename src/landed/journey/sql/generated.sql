-- Every generated line with its edit, its turn and its place, in the order of their making.
with
output_of_turn as (
    select
        agent,
        turn,
        model,
        row_number() over (
            partition by agent, turn order by sum(output_tokens) desc, model
        ) as place
    from model_call
    where repository = 'agents' and turn is not null and model is not null
        and happened_at <= $until
    group by agent, turn, model
)
select
    line.repository,
    line.edit,
    line.ordinal,
    edit.agent,
    coalesce(turn.session, edit.session) as session,
    edit.turn,
    coalesce(place.person, own_place.person) as person,
    coalesce(place.feature, own_place.feature) as feature,
    output_of_turn.model,
    edit.happened_at as generated_at,
    edit_place.path,
    line.state,
    edit.decided_by,
    coalesce(edit_place.excluded, false) as excluded,
    line.removed_at,
    line.line,
    line.similarity,
    line.uncommitted_in is not null as uncommitted
from generated_line as line
join edit on edit.repository = 'agents' and edit.edit = line.edit
left join edit_place on edit_place.repository = 'agents' and edit_place.edit = line.edit
left join turn
    on turn.repository = 'agents' and turn.agent = edit.agent and turn.turn = edit.turn
left join session_place as place
    on place.repository = 'agents' and place.agent = edit.agent and place.session = turn.session
left join session_place as own_place
    on own_place.repository = 'agents' and own_place.agent = edit.agent
    and own_place.session = edit.session
left join output_of_turn
    on output_of_turn.agent = edit.agent and output_of_turn.turn = edit.turn
    and output_of_turn.place = 1
where edit.happened_at <= $until
order by line.repository, edit.happened_at, line.edit, line.ordinal
