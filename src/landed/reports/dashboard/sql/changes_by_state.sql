-- How many changes stood how at the end of the time, and their lines: one row a state.
-- $text as in changes.sql.
with
standing as (
    select
        change.*,
        case
            when change.state = 'merged' and change.merged_second is null then 'open'
            when change.state = 'closed' and change.closed_second is null then 'open'
            else change.state
        end as standing
    from change_fact as change
    inner join known_repository as known on known.repository = change.repository
    where $text = ''
        or position($text in lower(change.title)) > 0
        or position($text in lower(known.name)) > 0
        or cast(change.number as varchar) = ltrim($text, '#!')
)
select
    standing,
    count(*) as changes,
    cast(coalesce(sum(lines), 0) as bigint) as lines,
    cast(coalesce(sum(ai_low), 0) as bigint) as ai_low,
    cast(coalesce(sum(ai_high), 0) as bigint) as ai_high
from standing
group by standing
order by standing
