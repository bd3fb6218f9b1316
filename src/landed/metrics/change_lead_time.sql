-- name: change_lead_time
-- title: Change lead time
-- category: productivity
-- unit: seconds
-- definition: Of each merged change: from its first commit to its opening, on to the first review, the
--   approval, the merge and the first deployment to production; and the whole way from the first commit
--   to the deployment, which is the change lead time of DORA (beside it the way to the merge alone). A
--   step that did not come after the one before has no time. The median is shown from 20 changes on,
--   with the interval of 400 samples of changes. Changes that programs opened are left out. A change is
--   AI-heavy where at least half of its lines are AI's. Of high quality is one that no revert, fix,
--   rollback or incident followed. People are numbered, not named.
-- inputs: change_fact
-- method: landed.compare.medians
with
merged as (
    select
        *,
        least(coalesce(first_commit_second, opened_second), opened_second) as begun_second
    from change_fact
    where state = 'merged' and merged_second is not null and not automation and heavy is not null
)
select
    repository,
    project,
    number,
    dense_rank() over (order by author nulls first) as person,
    author is not null as person_known,
    size_band,
    case when heavy then 'AI-heavy' else 'other' end as kind,
    not reverted
    and not coalesce(failed, false)
    and coalesce(incidents, 0) = 0
    and coalesce(reverted_or_fixed_lines, 0) = 0 as high_quality,
    opened_second - begun_second as to_open,
    case when first_review_second >= opened_second then first_review_second - opened_second end
        as to_review,
    case
        when approved_second >= first_review_second then approved_second - first_review_second
    end as to_approval,
    case when merged_second >= approved_second then merged_second - approved_second end
        as to_merge,
    case when deployed_second >= merged_second then deployed_second - merged_second end
        as to_deploy,
    case when merged_second >= begun_second then merged_second - begun_second end as until_merge,
    case when deployed_second >= begun_second then deployed_second - begun_second end
        as until_deploy
from merged
order by repository, project, number
