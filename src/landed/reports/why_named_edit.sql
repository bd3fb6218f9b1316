-- The edit that evidence from a session names. $1 session, $2 agent and the edit's own name, which
-- may be cut, $3 path of the line.
select edit.edit
from edit
left join edit_place as place on place.repository = 'agents' and place.edit = edit.edit
where edit.repository = 'agents' and edit.session = $1
    and starts_with(edit.agent || ' ' || edit.name, $2)
order by coalesce(place.path = $3, false) desc, edit.happened_at, edit.edit
limit 1
