-- The lines that came to the default branch with one change, by who wrote them, and what became of
-- them: still there, gone within the rework window, gone later. $project, $number.
with
landing as (
    select repository, min(step) as step
    from change_landing
    where project = $project and number = $number and step is not null
    group by repository
),
stayed as (
    select
        stay.who,
        stay.agent,
        stay.grade,
        stay.left_second,
        stay.left_second - stay.entered_second as seconds,
        scope.rework_days * 86400 as rework_seconds,
        stay.lines
    from landing
    inner join rollup.stay as stay
        on stay.repository = landing.repository and stay.entered = landing.step
    inner join rollup.scope as scope on scope.repository = stay.repository
    where stay.first_stay
)
select
    who,
    agent,
    grade,
    cast(sum(lines) as bigint) as lines,
    cast(sum(case when left_second is null then lines else 0 end) as bigint) as standing,
    cast(sum(case when seconds <= rework_seconds then lines else 0 end) as bigint) as reworked,
    cast(sum(case when seconds > rework_seconds then lines else 0 end) as bigint) as replaced
from stayed
group by who, agent, grade
order by lines desc, who, agent nulls first, grade
