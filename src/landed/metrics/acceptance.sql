-- name: acceptance
-- title: Acceptance
-- category: productivity
-- unit: share of lines
-- definition: Lines that a person accepted over lines that a person decided on. Lines that a policy
--   refused or that were applied without anybody being asked are counted apart and in neither.
-- inputs: journey_line
-- ratio: accepted / decided
select
    repository,
    agent,
    sum(case when decided then lines else 0 end) as decided,
    sum(case when decided and accepted then lines else 0 end) as accepted,
    sum(case when not decided then lines else 0 end) as not_asked
from journey_line
where bucket <> 'superseded'
group by repository, agent
order by repository, agent
