-- Lines of one turn and equal story in one row; `lines` says how many. Which line it is, its path and
-- how alike it stayed are left out.
select
    * exclude (
        edit, ordinal, path, line, similarity, live_seconds, lines, list_microdollars,
        cash_microdollars
    ),
    cast(sum(live_seconds) as bigint) as live_seconds,
    cast(sum(lines) as bigint) as lines,
    cast(sum(list_microdollars) as bigint) as list_microdollars,
    cast(sum(cash_microdollars) as bigint) as cash_microdollars
from journey_line
group by all
order by begun_second, repository, agent, session
