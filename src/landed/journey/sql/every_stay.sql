-- Every stay on the default branch of one repository.
select line, entered, "left", left_by
from line_interval
where repository = $repository and branch = $branch
order by line, entered
