-- name: ship_rate
-- title: Ship rate
-- category: productivity
-- unit: share of lines
-- definition: Generated lines that were in production at some time over those that were committed.
--   Repositories of which nothing says what is in production are left out.
-- inputs: journey_line
-- ratio: deployed / committed
select
    repository,
    agent,
    sum(case when committed then lines else 0 end) as committed,
    sum(case when deployed then lines else 0 end) as deployed
from journey_line
where bucket <> 'superseded' and deployed is not null
group by repository, agent
order by repository, agent
