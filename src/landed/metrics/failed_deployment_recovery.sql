-- name: failed_deployment_recovery
-- title: Failed deployment recovery time
-- category: quality
-- unit: seconds
-- definition: Of each deployment that failed (change fail rate): the time from the deployment until
--   production was sound again: the end of its incident, else the next deployment that succeeded.
--   Those that nothing is known to have mended have no time. One of the five metrics of DORA. By the
--   share of AI among the lines that the failed deployment brought. The median is shown from 20
--   failed deployments on.
-- inputs: deployment_fact
-- method: landed.compare.medians
select
    repository,
    project,
    deployment,
    service,
    case
        when coalesce(lines, 0) = 0 then 'no new lines'
        when 2 * ai_high >= lines then 'AI-heavy'
        else 'other'
    end as ai_share,
    failed_by,
    case when recovered_second >= second then recovered_second - second end as recovery
from deployment_fact
where failed
order by repository, second, project, deployment
