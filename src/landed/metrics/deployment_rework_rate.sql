-- name: deployment_rework_rate
-- title: Deployment rework rate
-- category: quality
-- unit: share of deployments
-- definition: Deployments to production that nobody had planned and that a failure called for
--   (rollbacks and hotfixes), of all that were finished. One of the five metrics of DORA. An
--   unplanned deployment counts by the share of AI among the lines of the failed deployment before it
--   in the same environment and service, which it mends, in both numbers; where none is known, by
--   that of its own lines. Repositories of which no deployments are known (release tags tell of no failure) are left
--   out.
-- inputs: deployment_fact, repository_scope
-- method: landed.compare.rates
-- ratio: unplanned / deployments
-- by: ai_share
with
finished as (
    select
        made.repository,
        made.project,
        made.stream,
        made.second,
        made.deployment,
        made.failed,
        made.kind in ('rollback', 'hotfix') as unplanned,
        case
            when coalesce(made.lines, 0) = 0 then 'no new lines'
            when 2 * made.ai_high >= made.lines then 'AI-heavy'
            else 'other'
        end as ai_share
    from deployment_fact as made
    inner join repository_scope as known on known.repository = made.repository
    where known.has_deployments and made.failed is not null
),
failures as (
    select
        repository,
        project,
        stream,
        second,
        max(ai_share) as ai_share
    from finished
    where failed and not unplanned
    group by repository, project, stream, second
),
mending as (
    select
        finished.repository,
        finished.deployment,
        finished.ai_share,
        max(failures.second) as mended_second,
        finished.project,
        finished.stream
    from finished
    left join failures
        on
            failures.repository = finished.repository
            and failures.project = finished.project
            and failures.stream = finished.stream
            and failures.second < finished.second
    where finished.unplanned
    group by
        finished.repository, finished.deployment, finished.ai_share, finished.project,
        finished.stream
),
counted as (
    select repository, ai_share, 1 as deployments, 0 as unplanned from finished
    where not unplanned
    union all
    select
        mending.repository,
        coalesce(failures.ai_share, mending.ai_share) as ai_share,
        1 as deployments,
        1 as unplanned
    from mending
    left join failures
        on
            failures.repository = mending.repository
            and failures.project = mending.project
            and failures.stream = mending.stream
            and failures.second = mending.mended_second
)
select
    repository,
    ai_share,
    sum(deployments) as deployments,
    sum(unplanned) as unplanned
from counted
group by repository, ai_share
order by repository, ai_share
