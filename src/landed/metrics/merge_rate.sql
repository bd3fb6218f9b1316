-- name: merge_rate
-- title: Changes merged
-- category: productivity
-- unit: share of changes
-- definition: Changes that were merged, of all that were merged or closed unmerged. Changes that programs
--   opened are left out. AI-heavy: at least half of the lines are AI's.
-- inputs: change_fact
-- method: landed.compare.rates
-- ratio: merged / finished
-- by: kind
select
    repository,
    case when heavy then 'AI-heavy' else 'other' end as kind,
    count(*) as finished,
    sum(case when state = 'merged' then 1 else 0 end) as merged
from change_fact
where state in ('merged', 'closed') and not automation and heavy is not null
group by repository, case when heavy then 'AI-heavy' else 'other' end
order by repository, kind
