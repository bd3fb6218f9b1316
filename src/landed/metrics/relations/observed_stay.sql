-- name: observed_stay
-- definition: What the window saw of each stay, in whole days since the line entered the default
--   branch: from entry_day (0, or the window's start where the line was there before) to
--   exit_day, the day on which it left (rounded up) or until which it was seen (rounded down).
--   The change that brought it in is its cluster, and follow_up the days that change could have
--   been watched.
-- inputs: stay, landed_step, scope
with
timed as (
    select
        stay.repository,
        stay.path_index,
        stay.who,
        stay.agent,
        stay.grade,
        stay.entered as change,
        entry.quarter,
        stay.left_by,
        stay.last_stay,
        stay.released,
        stay.departed is not null as died,
        entry.second as entered_second,
        case when stay.departed is null then scope.until_second else departure.second end
            as end_second,
        scope.since_second,
        scope.until_second,
        stay.lines
    from stay
    join scope on scope.repository = stay.repository
    join landed_step as entry
        on entry.repository = stay.repository and entry.step = stay.entered
    left join landed_step as departure
        on departure.repository = stay.repository and departure.step = stay.departed
)
select
    repository,
    path_index,
    who,
    agent,
    grade,
    change,
    quarter,
    left_by,
    last_stay,
    released,
    died,
    entered_second >= since_second as entered_in_window,
    case
        when since_second <= entered_second then 0
        else cast(ceil(cast(since_second - entered_second as double) / 86400) as integer)
    end as entry_day,
    case
        when died then cast(ceil(cast(end_second - entered_second as double) / 86400) as integer)
        else cast(floor(cast(end_second - entered_second as double) / 86400) as integer)
    end as exit_day,
    cast(floor(cast(until_second - entered_second as double) / 86400) as integer) as follow_up,
    lines
from timed
where end_second >= since_second
