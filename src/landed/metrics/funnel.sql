-- name: funnel
-- title: From generated to live
-- category: productivity
-- unit: lines and micro-dollars
-- definition: Lines that agents generated, and how many of them got how far: accepted (the edit was
--   applied), committed, reviewed (its change was, before the merge), green (checks of its change
--   succeeded), merged into the default branch, deployed (in production at some time), live (in
--   production now). Each stage counts the lines that passed it, whatever they passed before: a line
--   can be merged without a review. live_30 and live_90 are those in production 30 and 90 days after
--   they first were, of the lines for which that day has come. Lines that their own turn replaced are
--   left out. Beside them what those lines cost, at list price and in cash; what no line bears stands
--   in turn_costs. What nothing tells of (reviews, checks, production) is null.
-- inputs: journey_line
-- ratio: live / generated
select
    repository,
    sum(lines) as generated,
    sum(case when accepted then lines else 0 end) as accepted,
    sum(case when committed then lines else 0 end) as committed,
    sum(cast(reviewed as integer) * lines) as reviewed,
    sum(cast(green as integer) * lines) as green,
    sum(case when merged then lines else 0 end) as merged,
    sum(cast(deployed as integer) * lines) as deployed,
    sum(cast(live as integer) * lines) as live,
    sum(cast(live_30 as integer) * lines) as live_30,
    sum(case when live_30 is not null then lines else 0 end) as live_30_of,
    sum(cast(live_90 as integer) * lines) as live_90,
    sum(case when live_90 is not null then lines else 0 end) as live_90_of,
    sum(list_microdollars) as generated_list,
    sum(case when accepted then list_microdollars else 0 end) as accepted_list,
    sum(case when committed then list_microdollars else 0 end) as committed_list,
    sum(cast(reviewed as integer) * list_microdollars) as reviewed_list,
    sum(cast(green as integer) * list_microdollars) as green_list,
    sum(case when merged then list_microdollars else 0 end) as merged_list,
    sum(cast(deployed as integer) * list_microdollars) as deployed_list,
    sum(cast(live as integer) * list_microdollars) as live_list,
    sum(cash_microdollars) as generated_cash,
    sum(case when accepted then cash_microdollars else 0 end) as accepted_cash,
    sum(case when committed then cash_microdollars else 0 end) as committed_cash,
    sum(cast(reviewed as integer) * cash_microdollars) as reviewed_cash,
    sum(cast(green as integer) * cash_microdollars) as green_cash,
    sum(case when merged then cash_microdollars else 0 end) as merged_cash,
    sum(cast(deployed as integer) * cash_microdollars) as deployed_cash,
    sum(cast(live as integer) * cash_microdollars) as live_cash
from journey_line
where bucket <> 'superseded'
group by repository
order by repository
