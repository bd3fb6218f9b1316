-- name: rework_by
-- title: Who reworked
-- category: quality
-- unit: lines
-- definition: Stays that began in the window and ended within the rework window, by who wrote the
--   lines and by who made the commit that removed them; reverted are those whose removing
--   commit says in its message that it reverts another.
-- inputs: observed_stay, commit_fact, scope
select
    stay.repository,
    stay.who,
    stay.agent,
    remover.who as by_who,
    remover.agent as by_agent,
    sum(stay.lines) as lines,
    sum(case when remover.reverts then stay.lines else 0 end) as reverted
from observed_stay as stay
join scope on scope.repository = stay.repository
join commit_fact as remover
    on remover.repository = stay.repository and remover.commit_index = stay.left_by
where stay.entered_in_window and stay.died and stay.exit_day <= scope.rework_days
group by stay.repository, stay.who, stay.agent, remover.who, remover.agent
order by stay.repository, lines desc, stay.who, stay.agent nulls first, by_who,
    by_agent nulls first
