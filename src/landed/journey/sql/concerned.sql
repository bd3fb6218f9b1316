-- The turns that concern some repositories: they changed files there, or their session worked there.
select edit.agent, edit.turn
from edit
join edit_place as place on place.repository = 'agents' and place.edit = edit.edit
where edit.repository = 'agents' and edit.turn is not null
    and list_contains(
        $repositories,
        case
            when place.belongs_to is not null then place.belongs_to
            when place.path is not null then 'unread'
            else 'outside'
        end
    )
union
select turn.agent, turn.turn
from turn
left join session_place as place
    on place.repository = 'agents' and place.agent = turn.agent and place.session = turn.session
where turn.repository = 'agents'
    and list_contains(
        $repositories,
        case
            when place.belongs_to is not null then place.belongs_to
            when place.how = 'inside' then 'unread'
            else 'outside'
        end
    )
order by all
