-- name: rework_delivery
-- title: What reverts and hotfixes took
-- category: cost
-- unit: minutes
-- definition: Reviewers' minutes (by the stated estimate) and minutes of checks that changes took which
--   revert or hotfix others: the part of the true cost of rework that a forge tells. What the changes
--   mend is not split by who wrote it. Minutes of checks are known only where a forge tells of checks.
-- inputs: change_fact, repository_scope
select
    change.repository,
    count(*) as changes,
    sum(case when change.revert then 1 else 0 end) as reverts,
    sum(case when change.hotfix then 1 else 0 end) as hotfixes,
    cast(
        sum(case when known.has_reviews then coalesce(change.reviewer_minutes, 0) end) as double
    ) as reviewer_minutes,
    cast(
        sum(case when known.has_checks then coalesce(change.check_seconds, 0) end) as double
    ) / 60 as check_minutes
from change_fact as change
inner join repository_scope as known on known.repository = change.repository
where change.revert or change.hotfix
group by change.repository
order by change.repository
