-- name: fate
-- title: What became of the lines
-- category: quality
-- unit: lines landed
-- definition: Lines whose last stay on the default branch began in the window, each in the first bucket
--   that holds: live, alive in the release that stands for production; merged, on the default
--   branch and not in that release; reworked, gone after a last stay no longer than the rework
--   window; replaced, gone after a longer one. The buckets add up to the lines landed. Without a
--   release nothing is known to be live, and live and merged are one.
-- inputs: observed_stay, scope
-- ratio: live / landed
with
last_stay as (
    select
        stay.repository,
        stay.who,
        stay.agent,
        stay.grade,
        case
            when stay.released then 'live'
            when not stay.died then 'merged'
            when stay.exit_day <= scope.rework_days then 'reworked'
            else 'replaced'
        end as bucket,
        stay.lines
    from observed_stay as stay
    join scope on scope.repository = stay.repository
    where stay.last_stay and stay.entered_in_window
)
select
    repository,
    who,
    agent,
    grade,
    sum(lines) as landed,
    sum(case when bucket = 'live' then lines else 0 end) as live,
    sum(case when bucket = 'merged' then lines else 0 end) as merged,
    sum(case when bucket = 'reworked' then lines else 0 end) as reworked,
    sum(case when bucket = 'replaced' then lines else 0 end) as replaced
from last_stay
group by repository, who, agent, grade
order by repository, landed desc, who, agent nulls first, grade
