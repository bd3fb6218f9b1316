-- What incidents of the projects that one repository is say of their cause and their repair.
select link.project, link.incident, link.kind, link.target, link.rule
from incident_link as link
join project on project.repository = 'forges' and project.project = link.project
where link.repository = 'forges' and project.belongs_to = $repository
order by link.project, link.incident, link.kind, link.target
