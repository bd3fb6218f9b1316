-- name: rework
-- title: Rework
-- category: quality
-- unit: share of lines
-- definition: One less the survival at the end of the rework window (21 days unless configured):
--   the share of lines entering the default branch that leave it within so many days, with the
--   same censoring and intervals as survival. This query gives the plain counts beside it: the
--   stays that began in the window and could be watched for so long, and those of them that
--   ended in time.
-- inputs: observed_stay, scope
-- method: landed.compare.survival
-- ratio: reworked / watched
select
    stay.repository,
    stay.who,
    stay.agent,
    stay.grade,
    count(distinct stay.change) as changes,
    sum(stay.lines) as watched,
    sum(case when stay.died and stay.exit_day <= scope.rework_days then stay.lines else 0 end)
        as reworked
from observed_stay as stay
join scope on scope.repository = stay.repository
where stay.entered_in_window and stay.follow_up >= scope.rework_days
group by stay.repository, stay.who, stay.agent, stay.grade
order by stay.repository, stay.who, stay.agent nulls first, stay.grade
