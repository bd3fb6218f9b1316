-- The lines that given commits took out, with the paths that held them just before.
select removal.commit_index, removal.line, removal.path_index
from removal
join (select unnest($commits::integer[]) as commit_index) as asked
    on asked.commit_index = removal.commit_index
where removal.repository = $repository
order by removal.commit_index, removal.line
