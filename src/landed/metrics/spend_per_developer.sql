-- name: spend_per_developer
-- title: Spend per developer
-- category: return
-- unit: micro-dollars per developer and month
-- definition: Cash paid for a month over the developers on the roster (cash.developers, else everybody
--   who committed or ran agents in that month), and over those whose agents' calls are captured in it.
--   Published figures to compare with: median $86, top quartile over $195, highest over $28,000 per
--   developer and month (Stanford AI Spend Index, 140 companies, 2026); $150 to $250 per developer
--   and month with Claude Code (Anthropic, 2026).
-- inputs: paid, month_people, session_scope
-- ratio: paid_microdollars / developers
-- quotient: dollars
with
by_month as (
    select
        month,
        sum(paid_microdollars) as paid_microdollars,
        sum(unallocated_microdollars) as unallocated_microdollars
    from paid
    group by month
),
by_people as (
    select
        by_month.month,
        by_month.paid_microdollars,
        by_month.unallocated_microdollars,
        coalesce(scope.developers, month_people.developers) as developers,
        coalesce(month_people.active, 0) as active
    from by_month
    cross join session_scope as scope
    left join month_people on month_people.month = by_month.month
)
select
    cast(null as varchar) as repository,
    month,
    paid_microdollars,
    unallocated_microdollars,
    developers,
    active,
    cast(paid_microdollars as double) / nullif(developers, 0) as per_developer,
    cast(paid_microdollars as double) / nullif(active, 0) as per_active
from by_people
order by month
