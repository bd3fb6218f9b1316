-- The projects that one repository is, by their names now.
select project, name
from project
where repository = 'forges' and belongs_to = $repository
order by project
