-- The latest deployments of one repository to production, without who made them.
select
    environment, service, created_second, "second", succeeded, kind, changes, lines, failed
from deployment_fact
where repository = $own
order by "second" desc nulls last, deployment
limit 8
