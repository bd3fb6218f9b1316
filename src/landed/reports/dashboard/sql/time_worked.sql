-- Time with agents: one row.
select
    count(distinct person) as people,
    cast(coalesce(sum(attended_ms), 0) as bigint) as attended_ms,
    cast(coalesce(sum(unattended_ms), 0) as bigint) as unattended_ms
from person_day
