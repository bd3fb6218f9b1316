-- The steps of the main line by which the changes of one repository landed.
select project, number, step
from change_landing
where repository = $repository
order by project, number, step
