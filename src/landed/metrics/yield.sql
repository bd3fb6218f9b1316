-- name: yield
-- title: Yield
-- category: productivity
-- unit: share of lines
-- definition: Of the lines generated at least 60 days ago, those that were deployed within 30 days of
--   their generation and in production 30 days after that, whatever was rolled back in between.
--   Dollars of the same lines. Younger lines are too young and only counted. Repositories of which
--   nothing says what is in production are left out. One row a session: lines of one session share
--   their fate.
-- inputs: journey_line, session_scope
-- ratio: shipped / mature
with
cohort as (
    select
        line.repository,
        line.agent,
        line.session,
        line.lines,
        line.list_microdollars,
        line.cash_microdollars,
        line.generated_second <= scope.until_second - 60 * 86400 as mature,
        line.deployed
        and line.deployed_second <= line.generated_second + 30 * 86400
        and coalesce(line.live_30, false) as shipped
    from journey_line as line
    cross join session_scope as scope
    where line.bucket <> 'superseded' and line.deployed is not null
)
select
    repository,
    agent,
    session,
    sum(case when mature then lines else 0 end) as mature,
    sum(case when mature and shipped then lines else 0 end) as shipped,
    sum(case when mature then list_microdollars else 0 end) as mature_list,
    sum(case when mature and shipped then list_microdollars else 0 end) as shipped_list,
    sum(case when mature then cash_microdollars else 0 end) as mature_cash,
    sum(case when mature and shipped then cash_microdollars else 0 end) as shipped_cash,
    sum(case when mature then 0 else lines end) as too_young
from cohort
group by repository, agent, session
order by repository, agent, session
