-- Changes as they stood at the end of the time, a part of the list in the order that is asked for.
-- $state: open, merged, closed or all; $text: what title, repository or number hold, empty = all;
-- $own: whose dollars and sessions may be told; $key, $descending: the order; $limit, $offset.
with
standing as (
    select
        change.*,
        known.name,
        case
            when change.state = 'merged' and change.merged_second is null then 'open'
            when change.state = 'closed' and change.closed_second is null then 'open'
            else change.state
        end as standing,
        least(coalesce(change.first_commit_second, change.opened_second), change.opened_second)
            as begun_second,
        list_contains($own, lower(coalesce(change.author, ''))) as own
    from change_fact as change
    inner join known_repository as known on known.repository = change.repository
),
found as (
    select
        *,
        case when deployed_second >= begun_second then deployed_second - begun_second end
            as until_deploy,
        case when merged_second >= begun_second then merged_second - begun_second end
            as until_merge
    from standing
    where ($state = 'all' or standing = $state)
        and (
            $text = ''
            or position($text in lower(title)) > 0
            or position($text in lower(name)) > 0
            or cast(number as varchar) = ltrim($text, '#!')
        )
),
ordered as (
    select
        *,
        cast(
            case $key
                when 'merged' then merged_second
                when 'opened' then opened_second
                when 'lines' then lines
                when 'ai' then cast(ai_high as double) / nullif(lines, 0)
                when 'rounds' then rounds
                when 'lead' then coalesce(until_deploy, until_merge)
                when 'live' then live_lines
            end as double
        ) as place
    from found
)
select
    repository, name, project, number, title, standing, draft, agent, automation,
    opened_second, merged_second, closed_second, deployed_second, until_deploy, until_merge,
    additions, deletions, lines, ai_low, ai_high, heavy, rounds, reviews, approvals, reviewed, green,
    live_lines, reworked_lines, hotfix, revert, reverted, failed, own,
    case when own then sessions end as sessions,
    case when own then turns end as turns,
    case when own and sessions > 0 then list_microdollars end as list_microdollars,
    case when own then cash_microdollars end as cash_microdollars
from ordered
order by
    case when $descending then place end desc nulls last,
    case when not $descending then place end asc nulls last,
    opened_second desc nulls last, project, number desc
limit $limit offset $offset
