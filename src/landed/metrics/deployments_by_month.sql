-- name: deployments_by_month
-- title: Deployments by month
-- category: productivity
-- unit: deployments
-- definition: Deployments to production that were finished in each month (UTC), how many of them
--   failed (the deployment itself, or a rollback, hotfix or incident that followed), and how many
--   were unplanned: rollbacks and hotfixes. Repositories of which no deployments are known (release
--   tags tell of no failure) are left out.
-- inputs: deployment_fact, repository_scope
select
    made.repository,
    made.month,
    count(*) as deployments,
    sum(case when made.failed then 1 else 0 end) as failed,
    sum(case when made.kind in ('rollback', 'hotfix') then 1 else 0 end) as unplanned
from deployment_fact as made
inner join repository_scope as known on known.repository = made.repository
where known.has_deployments and made.month is not null
group by made.repository, made.month
order by made.repository, made.month
