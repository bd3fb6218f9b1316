-- The labels of the changes of the projects that one repository is.
select label.project, label.number, label.label
from change_label as label
join project on project.repository = 'forges' and project.project = label.project
where label.repository = 'forges' and project.belongs_to = $repository
order by label.project, label.number, label.label
