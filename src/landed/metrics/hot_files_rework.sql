-- name: hot_files_rework
-- title: Most reworked files
-- category: maintainability
-- unit: lines
-- definition: Files by stays that began in the window and ended within the rework window, with
--   those of AI lines among them, and all stays that began in the window. A line counts for the
--   path at which it was born, by the name that path has now.
-- inputs: observed_stay, path, scope
select
    stay.repository,
    path.path,
    sum(case when stay.died and stay.exit_day <= scope.rework_days then stay.lines else 0 end)
        as reworked,
    sum(
        case
            when stay.died and stay.exit_day <= scope.rework_days and stay.who in ('ai', 'mixed')
                then stay.lines
            else 0
        end
    ) as ai_reworked,
    sum(stay.lines) as landed
from observed_stay as stay
join scope on scope.repository = stay.repository
join path on path.repository = stay.repository and path.path_index = stay.path_index
where stay.entered_in_window
group by stay.repository, path.path
having sum(case when stay.died and stay.exit_day <= scope.rework_days then stay.lines else 0 end)
    > 0
order by reworked desc, stay.repository, path.path
limit 20
