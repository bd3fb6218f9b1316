-- Sums of metrics beside what single calls add up to, by agent and what is counted.
select
    agent,
    counts,
    count(*) as sessions,
    cast(sum(by_sums) as bigint) as by_sums,
    cast(sum(by_calls) as bigint) as by_calls,
    cast(sum(case when by_sums <> by_calls then 1 else 0 end) as bigint) as apart
from telemetry_check
group by agent, counts
order by agent, counts
