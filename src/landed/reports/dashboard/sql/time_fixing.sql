-- Agents' turns, and those of them that mended what agents had generated: one row.
select
    cast(coalesce(sum(turns), 0) as bigint) as turns,
    cast(coalesce(sum(fixing_turns), 0) as bigint) as fixing_turns,
    cast(coalesce(sum(worked_ms), 0) as bigint) as worked_ms,
    cast(coalesce(sum(fixing_ms), 0) as bigint) as fixing_ms
from fixing_day
