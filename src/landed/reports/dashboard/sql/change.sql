-- One change, and the name of its repository and project.
-- $project, $number.
select fact.*, known.name, project.name as project_name, project.forge
from rollup.change_fact as fact
inner join rollup.known_repository as known on known.repository = fact.repository
left join project on project.repository = 'forges' and project.project = fact.project
where fact.project = $project and fact.number = $number
