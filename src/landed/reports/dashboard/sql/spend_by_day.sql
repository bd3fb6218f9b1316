-- Dollars of each day (UTC).
select
    started_second,
    cast(sum(list_microdollars) as bigint) as list_microdollars,
    cast(sum(cash_microdollars) as bigint) as cash_microdollars
from spend
group by started_second
order by started_second
