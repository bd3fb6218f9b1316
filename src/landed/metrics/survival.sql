-- name: survival
-- title: Survival
-- category: quality
-- unit: share of lines
-- definition: The share of lines still on the default branch so many days after they entered it:
--   Kaplan-Meier over stays, censored at the end of the window and truncated at its start. The
--   interval holds 95 % of 400 samples of whole changes, because lines die in blocks. Shown from
--   20 changes old enough and an interval no wider than 15 points to either side.
-- inputs: observed_stay
-- method: landed.compare.survival
select
    repository,
    who,
    agent,
    grade,
    change,
    quarter,
    entry_day,
    case when exit_day > 365 then 366 else exit_day end as exit_day,
    died and exit_day <= 365 as died,
    max(follow_up) as follow_up,
    sum(lines) as lines
from observed_stay
where entry_day <= exit_day and entry_day <= 365
group by
    repository, who, agent, grade, change, quarter, entry_day,
    case when exit_day > 365 then 366 else exit_day end,
    died and exit_day <= 365
order by repository, change, who, agent nulls first, grade, entry_day, exit_day, died
