-- How many projects of forges one repository is.
select count(*) as projects
from project
where repository = 'forges' and forge <> 'named' and belongs_to = $repository
