-- name: session_outcome
-- title: Where each session's lines and dollars went
-- category: cost
-- unit: lines and micro-dollars
-- definition: For each session: its turns and dollars, and how many of the lines it generated landed,
--   stand today on the default branch or in production, are open (pending, unmerged), are gone
--   (rejected, discarded, closed, reworked, rewritten before the merge), and were wasted (rejected,
--   discarded, closed, reverted or fixed).
-- inputs: journey_line, journey_turn
with
spent as (
    select
        repository,
        agent,
        session,
        min(person) as person,
        min(feature) as feature,
        min(branch) as branch,
        min(started_second) as started_second,
        sum(turns) as turns,
        sum(calls) as calls,
        sum(unpriced_calls) as unpriced_calls,
        sum(list_microdollars) as list_microdollars,
        sum(cash_microdollars) as cash_microdollars
    from journey_turn
    where session is not null
    group by repository, agent, session
),
outcome as (
    select
        repository,
        agent,
        session,
        min(person) as person,
        min(feature) as feature,
        min(generated_second) as started_second,
        sum(lines) as lines,
        sum(case when merged then lines else 0 end) as landed,
        sum(case when bucket in ('live', 'merged') then lines else 0 end) as standing,
        sum(case when bucket in ('pending', 'unmerged') then lines else 0 end) as open_lines,
        sum(
            case
                when
                    bucket in ('rejected', 'discarded', 'closed', 'reworked', 'rewritten_in_review')
                    then lines
                else 0
            end
        ) as gone,
        sum(case when wasted then lines else 0 end) as wasted,
        sum(case when wasted then list_microdollars else 0 end) as waste_list
    from journey_line
    where bucket <> 'superseded'
    group by repository, agent, session
),
worked as (
    select repository, agent, session from spent
    union
    select repository, agent, session from outcome
)
select
    worked.repository,
    worked.agent,
    worked.session,
    coalesce(spent.person, outcome.person) as person,
    coalesce(spent.feature, outcome.feature) as feature,
    spent.branch,
    coalesce(spent.started_second, outcome.started_second) as started_second,
    coalesce(spent.turns, 0) as turns,
    coalesce(spent.calls, 0) as calls,
    coalesce(spent.unpriced_calls, 0) as unpriced_calls,
    coalesce(spent.list_microdollars, 0) as list_microdollars,
    coalesce(spent.cash_microdollars, 0) as cash_microdollars,
    coalesce(outcome.lines, 0) as lines,
    coalesce(outcome.landed, 0) as landed,
    coalesce(outcome.standing, 0) as standing,
    coalesce(outcome.open_lines, 0) as open_lines,
    coalesce(outcome.gone, 0) as gone,
    coalesce(outcome.wasted, 0) as wasted,
    coalesce(outcome.waste_list, 0) as waste_list
from worked
left join spent
    on
        spent.repository = worked.repository
        and spent.agent = worked.agent
        and spent.session = worked.session
left join outcome
    on
        outcome.repository = worked.repository
        and outcome.agent = worked.agent
        and outcome.session = worked.session
order by
    coalesce(spent.list_microdollars, 0) desc, worked.repository, worked.agent, worked.session
