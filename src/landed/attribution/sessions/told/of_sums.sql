-- Sessions of which only sums are told: calls of at most 100,000 tokens of input each, so that
-- prices that rise with the size of a prompt do not apply to what were many prompts.
uncounted as (
    select by_class.*,
        least(greatest(ceil((input + cache_read + cache_write) / 100000.0), 1), 10000)::bigint
            as pieces
    from by_class
    anti join bare_call using (agent, session)
    anti join logged_here using (agent, session)
    where input + cache_read + cache_write + output > 0
),
piece as (
    select *, unnest(range(pieces)) as nth from uncounted
),
summed as (
    select
        'telemetry:sums:' || agent || ':' || session || ':' || coalesce(model, '') || ':'
            || strftime(happened_at, '%Y-%m-%d') || ':' || nth as call,
        agent, session, null::varchar as turn, happened_at, model, null::varchar as provider,
        input // pieces + (nth < input % pieces)::bigint as input_tokens,
        cache_read // pieces + (nth < cache_read % pieces)::bigint as cache_read_tokens,
        cache_write // pieces + (nth < cache_write % pieces)::bigint as cache_write_5m_tokens,
        0::bigint as cache_write_1h_tokens,
        output // pieces + (nth < output % pieces)::bigint as output_tokens,
        reasoning // pieces + (nth < reasoning % pieces)::bigint as reasoning_tokens,
        0::bigint as web_searches, null::varchar as tier, null::varchar as speed,
        null::varchar as geography, case when nth = 0 then reported_cost end as reported_cost,
        false as sub_agent
    from piece
),
found as (
    select * from single
    union all by name
    select * from summed
)
