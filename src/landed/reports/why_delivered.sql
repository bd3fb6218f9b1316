-- Whether any deployment or incident of one repository is known. $1 repository.
with own as (
    select project from project where repository = 'forges' and belongs_to = $1
)
select
    exists (
        select 1 from deployment join own on own.project = deployment.project
        where deployment.repository = 'forges'
    ) or exists (
        select 1 from incident join own on own.project = incident.project
        where incident.repository = 'forges'
    ) as known
