-- name: leaks
-- title: Where dollars left no line
-- category: cost
-- unit: micro-dollars
-- definition: Features (else branches) whose sessions generated lines of which all are gone: rejected,
--   discarded, closed, reworked or rewritten before the merge. What those sessions cost, the largest
--   sum first. A line that is open, cannot be followed, or was replaced long after it landed has not
--   leaked.
-- inputs: journey_line, journey_turn
with
spent as (
    select
        repository,
        agent,
        session,
        coalesce(min(feature), min(branch), 'no feature') as subject,
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
        sum(lines) as lines,
        sum(
            case
                when
                    bucket in ('rejected', 'discarded', 'closed', 'reworked', 'rewritten_in_review')
                    then lines
                else 0
            end
        ) as gone
    from journey_line
    where bucket <> 'superseded'
    group by repository, agent, session
)
select
    spent.repository,
    spent.subject,
    count(*) as sessions,
    sum(spent.list_microdollars) as list_microdollars,
    sum(spent.cash_microdollars) as cash_microdollars,
    sum(coalesce(outcome.lines, 0)) as lines
from spent
left join outcome
    on
        outcome.repository = spent.repository
        and outcome.agent = spent.agent
        and outcome.session = spent.session
group by spent.repository, spent.subject
having
    sum(coalesce(outcome.lines, 0)) > 0
    and sum(coalesce(outcome.gone, 0)) = sum(coalesce(outcome.lines, 0))
    and sum(spent.list_microdollars) > 0
order by sum(spent.list_microdollars) desc, spent.repository, spent.subject
