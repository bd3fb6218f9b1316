-- The commits of the main line by which changes landed.
select project, number, commit_index, step
from change_landing
where repository = $repository
order by project, number, step
