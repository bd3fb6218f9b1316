-- name: leaks
-- title: Where dollars left no line
-- category: cost
-- unit: micro-dollars
-- definition: Features (else branches) whose sessions generated lines of which none stands on the default
--   branch or in production and none is open any more: what those sessions cost, the largest sum first.
-- inputs: journey_line, journey_turn
with
spent as (
    select
        repository,
        coalesce(feature, branch, 'no feature') as subject,
        count(distinct agent || ' ' || session) as sessions,
        sum(list_microdollars) as list_microdollars,
        sum(cash_microdollars) as cash_microdollars
    from journey_turn
    where session is not null
    group by repository, coalesce(feature, branch, 'no feature')
),
session_subject as (
    select
        repository,
        agent,
        session,
        min(coalesce(feature, branch, 'no feature')) as subject
    from journey_turn
    where session is not null
    group by repository, agent, session
),
outcome as (
    select
        line.repository,
        session_subject.subject,
        count(*) as lines,
        sum(
            case when line.bucket in ('live', 'merged', 'pending', 'unmerged') then 1 else 0 end
        ) as kept
    from journey_line as line
    inner join session_subject
        on
            session_subject.repository = line.repository
            and session_subject.agent = line.agent
            and session_subject.session = line.session
    where line.bucket <> 'superseded'
    group by line.repository, session_subject.subject
)
select
    spent.repository,
    spent.subject,
    spent.sessions,
    spent.list_microdollars,
    spent.cash_microdollars,
    outcome.lines
from spent
inner join outcome
    on outcome.repository = spent.repository and outcome.subject = spent.subject
where outcome.kept = 0 and spent.list_microdollars > 0
order by spent.list_microdollars desc, spent.repository, spent.subject
