-- Telemetry of which only the number is kept, the most of it first.
select
    service,
    signal,
    name,
    known,
    cast(sum(count) as bigint) as count,
    min(day) as first_day,
    max(day) as last_day
from telemetry_count
group by service, signal, name, known
order by known, count desc, service, name
limit 100
