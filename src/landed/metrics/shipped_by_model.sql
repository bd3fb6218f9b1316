-- name: shipped_by_model
-- title: Whose lines shipped
-- category: productivity
-- unit: share of lines
-- definition: The yield of each vendor, agent and model: of the lines generated at least 60 days ago,
--   those that were deployed within 30 days of their generation and in production 30 days after that.
--   Younger lines are only counted. The vendor is the one who is paid for the model's calls.
--   Repositories of which nothing says what is in production are left out. One row a session: lines
--   of one session share their fate, and intervals are drawn over sessions. What was prompted differs
--   from agent to agent: this is an association.
-- inputs: journey_line, model_vendor, session_scope
-- method: landed.compare.shares
-- ratio: shipped / mature
with
cohort as (
    select
        line.repository,
        line.agent,
        line.model,
        line.session,
        line.lines,
        line.list_microdollars,
        line.generated_second <= scope.until_second - 60 * 86400 as mature,
        line.deployed
        and line.deployed_second <= line.generated_second + 30 * 86400
        and coalesce(line.live_30, false) as shipped
    from journey_line as line
    cross join session_scope as scope
    where line.bucket <> 'superseded' and line.deployed is not null
)
select
    cohort.repository,
    model_vendor.vendor,
    cohort.agent,
    cohort.model,
    cohort.session,
    sum(case when cohort.mature then cohort.lines else 0 end) as mature,
    sum(case when cohort.mature and cohort.shipped then cohort.lines else 0 end) as shipped,
    sum(case when cohort.mature then cohort.list_microdollars else 0 end) as mature_list,
    sum(case when cohort.mature then 0 else cohort.lines end) as too_young
from cohort
left join model_vendor
    on model_vendor.agent = cohort.agent and model_vendor.model = cohort.model
group by
    cohort.repository, model_vendor.vendor, cohort.agent, cohort.model, cohort.session
order by
    cohort.repository, cohort.agent, cohort.model nulls first, cohort.session,
    model_vendor.vendor nulls first
