-- Calls, tokens and dollars of every group, one row a group.
-- $by: what to group by. $starts, $ends, $offsets: spans of time (microseconds since 1970) and how
--   far local time is ahead of UTC in them. $since, $until: microseconds, the latter not included.
-- $emails, $teams: the team of a person. $repositories, $tops: ids and working trees to keep;
--   both null = all.
with call as (
    select
        found.*,
        price.vendor,
        price.basis,
        price.list_microdollars,
        price.cash_microdollars,
        price.basis <> 'token counts not credible' as credible,
        place.belongs_to,
        place.name,
        place.worktree,
        place.feature,
        place.person,
        coalesce(turn.branch, session.branch) as branch,
        coalesce(case when session.sub_agent then session.parent end, found.session)
            as conversation
    from model_call as found
    join call_price as price
        on price.repository = found.repository and price.call = found.call
    left join session
        on session.repository = found.repository
        and session.agent = found.agent
        and session.session = found.session
    left join turn
        on turn.repository = found.repository
        and turn.agent = found.agent
        and turn.turn = found.turn
    left join session_place as place
        on place.repository = found.repository
        and place.agent = found.agent
        and place.session = found.session
    where epoch_us(found.happened_at) >= $since
        and epoch_us(found.happened_at) < $until
        and ($repositories is null
            or list_contains($repositories, place.belongs_to)
            or list_contains($tops, place.worktree))
),

clock as (
    select
        unnest(cast($starts as bigint[])) as starts,
        unnest(cast($ends as bigint[])) as ends,
        unnest(cast($offsets as bigint[])) as ahead
),

member as (
    select
        unnest(cast($emails as varchar[])) as person,
        unnest(cast($teams as varchar[])) as team
),

dated as (
    select
        call.*,
        member.team,
        cast(date '1970-01-01'
            + cast(floor((epoch_us(call.happened_at) + clock.ahead) / 86400000000) as integer)
            as date) as local_day
    from call
    join clock
        on epoch_us(call.happened_at) >= clock.starts and epoch_us(call.happened_at) < clock.ends
    left join member on member.person = call.person
),

keyed as (
    select
        *,
        case $by
            when 'model' then model
            when 'agent' then agent
            when 'day' then cast(local_day as varchar)
            when 'week' then cast(cast(date_trunc('week', local_day) as date) as varchar)
            when 'month' then substr(cast(local_day as varchar), 1, 7)
            when 'session' then conversation
            when 'repository' then coalesce(belongs_to, worktree, name)
            when 'branch' then branch
            when 'feature' then feature
            when 'team' then team
        end as "key",
        case when $by = 'session' then agent end as session_agent,
        case when $by = 'branch' then coalesce(belongs_to, worktree, name) end as home
    from dated
)

select
    "key",
    session_agent as agent,
    home,
    case when $by in ('session', 'repository', 'branch') then max(name) end as name,
    min(happened_at) as first_at,
    max(happened_at) as last_at,
    count(*) as calls,
    count(*) - count(list_microdollars) as unpriced_calls,
    cast(sum(case when credible then input_tokens else 0 end) as bigint) as input_tokens,
    cast(sum(case when credible then cache_read_tokens else 0 end) as bigint)
        as cache_read_tokens,
    cast(sum(case when credible then cache_write_5m_tokens else 0 end) as bigint)
        as cache_write_5m_tokens,
    cast(sum(case when credible then cache_write_1h_tokens else 0 end) as bigint)
        as cache_write_1h_tokens,
    cast(sum(case when credible then output_tokens else 0 end) as bigint) as output_tokens,
    cast(sum(case when credible then reasoning_tokens else 0 end) as bigint) as reasoning_tokens,
    cast(sum(case when credible then web_searches else 0 end) as bigint) as web_searches,
    cast(sum(list_microdollars) as bigint) as list_microdollars,
    cast(sum(cash_microdollars) as bigint) as cash_microdollars,
    cast(sum(reported_cost) as bigint) as reported_microdollars
from keyed
group by "key", session_agent, home
order by list_microdollars desc nulls last, calls desc, "key" nulls last, session_agent nulls last
