-- name: lines_landed
-- title: Lines landed
-- category: productivity
-- unit: lines a month
-- definition: Lines that entered the default branch for the first time in a month, by who wrote
--   them. The month is that of the step of the main line that brought them, not of the commit
--   that made them.
-- inputs: stay, landed_step, scope
select
    stay.repository,
    landed_step.month,
    stay.who,
    stay.agent,
    stay.grade,
    sum(stay.lines) as lines
from stay
join scope on scope.repository = stay.repository
join landed_step
    on landed_step.repository = stay.repository and landed_step.step = stay.entered
where stay.first_stay and landed_step.second >= scope.since_second
group by stay.repository, landed_step.month, stay.who, stay.agent, stay.grade
order by stay.repository, landed_step.month, stay.who, stay.agent nulls first, stay.grade
