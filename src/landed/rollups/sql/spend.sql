-- Dollars and tokens by model of every repository, person, agent, feature and day (UTC) on which the
-- turn began. A turn whose cost several repositories bear is laid out twice along one line, once by
-- repository and once by model, and what overlaps is the repository's part of the model: both
-- add up to the micro-dollar. Calls and tokens stand with the repository of the largest part.
with
part as (
    select
        *,
        sum(list_microdollars) over along as list_end,
        sum(cash_microdollars) over along as cash_end,
        row_number() over along = 1 as largest
    from (
        select
            *,
            turn as turn_key,
            case when turn is null then session end as session_key,
            case when turn is null then cast(floor(started_second / 86400) as bigint) end as day_key
        from journey_turn
    ) as keyed
    window along as (
        partition by agent, turn_key, session_key, day_key
        order by list_microdollars desc, repository asc, kind asc
        rows between unbounded preceding and current row
    )
),
made as (
    select
        *,
        sum(list_microdollars) over along as list_end,
        sum(cash_microdollars) over along as cash_end
    from call_group
    window along as (
        partition by agent, turn, session, day
        order by model asc nulls first, vendor asc nulls first
        rows between unbounded preceding and current row
    )
),
laid as (
    select
        part.repository,
        part.agent,
        part.person,
        part.team,
        part.feature,
        cast(floor(part.started_second / 86400) as bigint) * 86400 as started_second,
        made.model,
        made.vendor,
        part.largest,
        made.calls,
        made.unpriced_calls,
        made.input_tokens,
        made.cache_read_tokens,
        made.cache_write_tokens,
        made.output_tokens,
        made.reasoning_tokens,
        greatest(
            0,
            least(part.list_end, made.list_end)
            - greatest(
                part.list_end - part.list_microdollars, made.list_end - made.list_microdollars
            )
        ) as list_microdollars,
        greatest(
            0,
            least(part.cash_end, made.cash_end)
            - greatest(
                part.cash_end - part.cash_microdollars, made.cash_end - made.cash_microdollars
            )
        ) as cash_microdollars
    from part
    inner join made
        on
            made.agent = part.agent
            and made.turn is not distinct from part.turn_key
            and made.session is not distinct from part.session_key
            and made.day is not distinct from part.day_key
)
select
    repository,
    agent,
    person,
    team,
    feature,
    model,
    vendor,
    started_second,
    cast(sum(case when largest then calls else 0 end) as bigint) as calls,
    cast(sum(case when largest then unpriced_calls else 0 end) as bigint) as unpriced_calls,
    cast(sum(case when largest then input_tokens else 0 end) as bigint) as input_tokens,
    cast(sum(case when largest then cache_read_tokens else 0 end) as bigint) as cache_read_tokens,
    cast(sum(case when largest then cache_write_tokens else 0 end) as bigint)
        as cache_write_tokens,
    cast(sum(case when largest then output_tokens else 0 end) as bigint) as output_tokens,
    cast(sum(case when largest then reasoning_tokens else 0 end) as bigint) as reasoning_tokens,
    cast(sum(list_microdollars) as bigint) as list_microdollars,
    cast(sum(cash_microdollars) as bigint) as cash_microdollars
from laid
where largest or list_microdollars > 0 or cash_microdollars > 0
group by repository, agent, person, team, feature, model, vendor, started_second
order by started_second, repository, agent, person nulls first, model nulls first
