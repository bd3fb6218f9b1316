-- name: fixing_turn
-- definition: Turns whose edits took out lines that an agent had generated in another turn less than the
--   rework window before.
-- inputs: generated_line, edit
select distinct
    generated_line.repository,
    later.agent,
    later.turn
from generated_line
inner join edit as earlier
    on earlier.repository = 'agents' and earlier.edit = generated_line.edit
inner join edit as later
    on later.repository = 'agents' and later.edit = generated_line.removed_by_edit
where
    (
        cast($repositories as varchar[]) is null
        or list_contains(cast($repositories as varchar[]), generated_line.repository)
    )
    and generated_line.state = 'removed'
    and generated_line.removed_by = 'agent'
    and later.turn is not null
    and (earlier.turn is null or earlier.turn <> later.turn or earlier.agent <> later.agent)
    and later.happened_at < earlier.happened_at + to_days(cast($rework_days as integer))
order by generated_line.repository, later.agent, later.turn
