-- name: break_even
-- title: Break-even
-- category: return
-- unit: minutes per developer and month
-- definition: What AI must save to pay for itself: cash paid over the configured loaded hourly rate, in
--   minutes for each developer and month, over the months for which something was paid. Developers are
--   those on the roster (cash.developers), else those who committed or ran agents in that month.
--   Everything captured, whatever the repository. Without paid invoices or seats, or without
--   cash.hourly_rate, there is no such figure.
-- inputs: paid, month_people, session_scope
-- ratio: paid_microdollars / microdollars_a_minute
-- quotient: minutes
with
by_month as (
    select
        month,
        sum(paid_microdollars) as paid_microdollars
    from paid
    group by month
),
priced as (
    select
        by_month.paid_microdollars,
        scope.hourly_microdollars,
        coalesce(scope.developers, month_people.developers) as developers
    from by_month
    cross join session_scope as scope
    left join month_people on month_people.month = by_month.month
)
select
    cast(null as varchar) as repository,
    sum(paid_microdollars) as paid_microdollars,
    count(*) as months,
    sum(developers) as developer_months,
    max(hourly_microdollars) as hourly_microdollars,
    cast(max(hourly_microdollars) as double) / 60 * sum(developers) as microdollars_a_minute,
    cast(sum(paid_microdollars) as double)
    / nullif(cast(max(hourly_microdollars) as double) / 60 * sum(developers), 0) as minutes
from priced
having count(*) > 0
