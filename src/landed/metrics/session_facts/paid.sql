-- name: paid
-- definition: What was paid for the months that the window touches, by vendor and rule, and how much of
--   it captured calls bear.
-- inputs: cash_allocation
select
    vendor,
    month,
    rule,
    subject,
    paid_microdollars,
    allocated_microdollars,
    unallocated_microdollars
from cash_allocation
where
    month >= $first_month
    and month <= $last_month
order by month, vendor, rule, subject
