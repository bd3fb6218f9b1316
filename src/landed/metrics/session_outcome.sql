-- name: session_outcome
-- title: Where each session's lines and dollars went
-- category: cost
-- unit: lines and micro-dollars
-- definition: For each session: its turns and dollars, and how many of the lines it generated were
--   wasted (rejected, discarded, closed, reverted or fixed), are open (pending, unmerged, rewritten
--   before the merge), landed, and stand today on the default branch or in production.
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
        count(*) as turns,
        sum(calls) as calls,
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
        count(*) as lines,
        sum(case when merged then 1 else 0 end) as landed,
        sum(case when bucket in ('live', 'merged') then 1 else 0 end) as standing,
        sum(case when bucket in ('pending', 'unmerged') then 1 else 0 end) as open_lines,
        sum(
            case
                when
                    bucket in ('rejected', 'discarded', 'closed')
                    or (bucket = 'reworked' and reason in ('revert', 'fix'))
                    then 1
                else 0
            end
        ) as wasted,
        sum(
            case
                when
                    bucket in ('rejected', 'discarded', 'closed')
                    or (bucket = 'reworked' and reason in ('revert', 'fix'))
                    then list_microdollars
                else 0
            end
        ) as waste_list
    from journey_line
    where bucket <> 'superseded'
    group by repository, agent, session
)
select
    spent.repository,
    spent.agent,
    spent.session,
    spent.person,
    spent.feature,
    spent.branch,
    spent.started_second,
    spent.turns,
    spent.calls,
    spent.list_microdollars,
    spent.cash_microdollars,
    coalesce(outcome.lines, 0) as lines,
    coalesce(outcome.landed, 0) as landed,
    coalesce(outcome.standing, 0) as standing,
    coalesce(outcome.open_lines, 0) as open_lines,
    coalesce(outcome.wasted, 0) as wasted,
    coalesce(outcome.waste_list, 0) as waste_list
from spent
left join outcome
    on
        outcome.repository = spent.repository
        and outcome.agent = spent.agent
        and outcome.session = spent.session
order by spent.list_microdollars desc, spent.repository, spent.agent, spent.session
