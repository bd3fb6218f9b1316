-- name: deployment_frequency
-- title: Deployment frequency
-- category: productivity
-- unit: deployments a week and repository
-- definition: Deployments that put something into production, over the weeks from the first one that
--   is known (or the beginning of the window, if that is later) to the window's end. One of the five
--   metrics of DORA. By the share of AI among the lines that a deployment brought: AI-heavy from half
--   on; rollbacks and redeployments bring no new lines. Where no deployments are known, release tags
--   stand for them.
-- inputs: deployment_fact, delivery_scope
-- ratio: deployments / weeks
-- quotient: number
-- by: ai_share
with
deployed as (
    select
        repository,
        second,
        case
            when coalesce(lines, 0) = 0 then 'no new lines'
            when 2 * ai_high >= lines then 'AI-heavy'
            else 'other'
        end as ai_share
    from deployment_fact
    where succeeded
),
span as (
    select
        deployed.repository,
        cast(
            min(scope.until_second) - greatest(min(deployed.second), min(scope.since_second))
            as double
        ) / 604800 as weeks
    from deployed
    cross join delivery_scope as scope
    group by deployed.repository
)
select
    deployed.repository,
    deployed.ai_share,
    count(*) as deployments,
    min(span.weeks) as weeks
from deployed
inner join span on span.repository = deployed.repository
group by deployed.repository, deployed.ai_share
order by deployed.repository, deployed.ai_share
