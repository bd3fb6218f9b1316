-- name: spend_per_developer
-- title: Spend per developer
-- category: return
-- unit: micro-dollars per developer and month
-- definition: Cash paid in a month over the developers on the roster (cash.developers, else everybody who
--   committed or ran agents in the window), and over those who ran agents that month. Published figures
--   to compare with: median $86, top quartile over $195 per developer and month (Stanford AI Spend
--   Index, 140 companies, 2026).
-- inputs: paid, captured_month, session_scope
-- ratio: paid_microdollars / developers
with
by_month as (
    select
        month,
        sum(paid_microdollars) as paid_microdollars,
        sum(unallocated_microdollars) as unallocated_microdollars
    from paid
    group by month
)
select
    cast(null as varchar) as repository,
    by_month.month,
    by_month.paid_microdollars,
    by_month.unallocated_microdollars,
    scope.developers,
    coalesce(captured_month.active, 0) as active,
    cast(by_month.paid_microdollars as double) / nullif(scope.developers, 0) as per_developer,
    cast(by_month.paid_microdollars as double) / nullif(captured_month.active, 0) as per_active
from by_month
cross join session_scope as scope
left join captured_month on captured_month.month = by_month.month
order by by_month.month
