-- The commits that took given lines out, on whichever branch.
select removal.line, removal.commit_index
from removal
join (select unnest($lines::integer[]) as line) as asked on asked.line = removal.line
where removal.repository = $repository
