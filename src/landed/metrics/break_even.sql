-- name: break_even
-- title: Break-even
-- category: return
-- unit: minutes per developer and month
-- definition: What AI must save to pay for itself: cash paid over the configured loaded hourly rate, in
--   minutes for each developer and month. Everything captured, whatever the repository. Without paid
--   invoices or seats, or without cash.hourly_rate, there is no such figure.
-- inputs: paid, session_scope
-- ratio: paid_microdollars / rate_developer_months
select
    cast(null as varchar) as repository,
    sum(paid.paid_microdollars) as paid_microdollars,
    max(scope.developers) as developers,
    count(distinct paid.month) as months,
    max(scope.hourly_microdollars) as hourly_microdollars,
    cast(max(scope.hourly_microdollars) as double) / 60 * max(scope.developers)
    * count(distinct paid.month) as rate_developer_months,
    cast(sum(paid.paid_microdollars) as double)
    / nullif(
        cast(max(scope.hourly_microdollars) as double) / 60 * max(scope.developers)
        * count(distinct paid.month),
        0
    ) as minutes
from paid
cross join session_scope as scope
having count(*) > 0
