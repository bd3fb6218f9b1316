-- name: change_fail_rate
-- title: Change fail rate
-- category: quality
-- unit: share of deployments
-- definition: Deployments to production that needed someone to step in at once, of all that were
--   finished: the deployment itself failed, a rollback or a hotfix came next, or an incident was
--   traced to it; an incident that only its time ties to a deployment is inferred and counts for
--   none here (incident_causes tells how many there are). One of the five metrics of DORA. By the
--   share of AI among the lines that a deployment brought: AI-heavy from half on; rollbacks and
--   redeployments bring no new lines. Repositories of which no deployments are known (release tags
--   tell of no failure) are left out.
-- inputs: deployment_fact, repository_scope
-- method: landed.compare.rates
-- ratio: failed / deployments
-- by: ai_share
with
finished as (
    select
        made.repository,
        made.failed,
        made.failed_by,
        case
            when coalesce(made.lines, 0) = 0 then 'no new lines'
            when 2 * made.ai_high >= made.lines then 'AI-heavy'
            else 'other'
        end as ai_share
    from deployment_fact as made
    inner join repository_scope as known on known.repository = made.repository
    where known.has_deployments and made.failed is not null
)
select
    repository,
    ai_share,
    count(*) as deployments,
    sum(case when failed then 1 else 0 end) as failed,
    sum(case when failed and failed_by = 'failure' then 1 else 0 end) as by_failure,
    sum(case when failed and failed_by = 'rollback' then 1 else 0 end) as by_rollback,
    sum(case when failed and failed_by = 'hotfix' then 1 else 0 end) as by_hotfix,
    sum(case when failed and failed_by = 'incident' then 1 else 0 end) as by_incident
from finished
group by repository, ai_share
order by repository, ai_share
