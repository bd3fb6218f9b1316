-- The commits in which given lines were born.
select line.line, line.commit_index
from line
join (select unnest($lines::integer[]) as line) as asked on asked.line = line.line
where line.repository = $repository
