-- name: waste
-- title: Waste
-- category: cost
-- unit: micro-dollars
-- definition: Dollars of lines that were rejected, discarded, closed, or reworked by a revert or a fix.
--   Other rework is churn and stands apart; so do lines that are still open (unmerged, pending) or
--   cannot be followed.
-- inputs: journey_line
-- ratio: waste_list / list_microdollars
select
    repository,
    sum(lines) as lines,
    sum(list_microdollars) as list_microdollars,
    sum(case when wasted then list_microdollars else 0 end) as waste_list,
    sum(case when wasted then cash_microdollars else 0 end) as waste_cash,
    sum(case when bucket = 'rejected' then list_microdollars else 0 end) as rejected_list,
    sum(case when bucket = 'discarded' then list_microdollars else 0 end) as discarded_list,
    sum(case when bucket = 'closed' then list_microdollars else 0 end) as closed_list,
    sum(case when wasted and bucket = 'reworked' then list_microdollars else 0 end) as undone_list,
    sum(case when bucket = 'reworked' and not wasted then list_microdollars else 0 end)
        as churn_list
from journey_line
where bucket <> 'superseded'
group by repository
order by repository
