-- The stays of given lines on the default branch.
select stay.line, stay.entered, stay."left", stay.left_by
from line_interval as stay
join (select unnest($lines::integer[]) as line) as asked on asked.line = stay.line
where stay.repository = $repository and stay.branch = $branch
