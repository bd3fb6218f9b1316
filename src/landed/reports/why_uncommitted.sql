-- Generated lines of one path that a working tree holds and no commit, as they were made.
-- $1 repository, $2 path from the top.
select
    generated.edit,
    generated.ordinal,
    line.text_hash,
    place.worktree
from generated_line as generated
join edit on edit.repository = 'agents' and edit.edit = generated.edit
join edit_place as place on place.repository = 'agents' and place.edit = generated.edit
join edit_line as line
    on line.repository = 'agents' and line.edit = generated.edit and line.added
    and line.ordinal = generated.ordinal
where generated.repository = $1 and generated.uncommitted_in = 'working-tree'
    and place.path = $2
order by edit.happened_at, generated.edit, generated.ordinal
