-- What changes of the projects that one repository is say that they close, revert or pick.
select said.project, said.number, said.kind, said.target
from change_reference as said
join project on project.repository = 'forges' and project.project = said.project
where said.repository = 'forges' and project.belongs_to = $repository
order by said.project, said.number, said.kind, said.target
