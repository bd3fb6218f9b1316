-- name: funnel
-- title: From generated to live
-- category: productivity
-- unit: lines and micro-dollars
-- definition: Lines that agents generated, and how many of them got how far: accepted (the edit was
--   applied), committed, merged into the default branch, deployed (in production at some time), live
--   (in production now). Lines that their own turn replaced are left out. Beside them what those lines
--   cost, at list price and in cash; what no line bears stands in turn_costs.
-- inputs: journey_line
-- ratio: live / generated
select
    repository,
    count(*) as generated,
    sum(case when accepted then 1 else 0 end) as accepted,
    sum(case when committed then 1 else 0 end) as committed,
    sum(case when merged then 1 else 0 end) as merged,
    sum(case when deployed then 1 else 0 end) as deployed,
    sum(case when live then 1 else 0 end) as live,
    sum(list_microdollars) as generated_list,
    sum(case when accepted then list_microdollars else 0 end) as accepted_list,
    sum(case when committed then list_microdollars else 0 end) as committed_list,
    sum(case when merged then list_microdollars else 0 end) as merged_list,
    sum(case when deployed then list_microdollars else 0 end) as deployed_list,
    sum(case when live then list_microdollars else 0 end) as live_list,
    sum(cash_microdollars) as generated_cash,
    sum(case when accepted then cash_microdollars else 0 end) as accepted_cash,
    sum(case when committed then cash_microdollars else 0 end) as committed_cash,
    sum(case when merged then cash_microdollars else 0 end) as merged_cash,
    sum(case when deployed then cash_microdollars else 0 end) as deployed_cash,
    sum(case when live then cash_microdollars else 0 end) as live_cash
from journey_line
where bucket <> 'superseded'
group by repository
order by repository
