-- The + lines of the edits that count, from the edits alone: those that failed and that their turn
-- then made again with success are no generation.
with
placed as (
    select
        edit.edit,
        edit.agent,
        edit.turn,
        edit.name,
        edit.session,
        edit.happened_at,
        edit.kind,
        edit.status,
        edit.lines_added,
        coalesce(place.worktree, session_place.worktree, '') as worktree,
        coalesce(place.path, edit.path) as path,
        place.belongs_to,
        case
            when place.belongs_to is not null then place.belongs_to
            when place.path is not null then 'unread'
            else 'outside'
        end as repository
    from edit
    left join edit_place as place on place.repository = 'agents' and place.edit = edit.edit
    left join session_place
        on session_place.repository = 'agents' and session_place.agent = edit.agent
        and session_place.session = edit.session
    where edit.repository = 'agents'
),
made_again as (
    select
        edit,
        bool_or(status = 'applied' and kind <> 'shell') over (
            partition by agent, turn, belongs_to, worktree, path
            order by happened_at, session, name, edit
            rows between 1 following and unbounded following
        ) as again
    from placed
    where turn is not null
)
select coalesce(sum(placed.lines_added), 0) as lines
from placed
left join made_again on made_again.edit = placed.edit
where placed.happened_at <= $until
    and (placed.status <> 'failed' or not coalesce(made_again.again, false))
    and ($everything or list_contains($repositories, placed.repository))
