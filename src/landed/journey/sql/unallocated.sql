-- Cash that was paid up to a month and that no call bears.
select cast(coalesce(sum(unallocated_microdollars), 0) as bigint) as cash_microdollars
from cash_allocation
where repository = 'agents' and month <= $month
