-- What the sums of each session added by day. A sum begins anew with its start, or when it falls.
told_sum as (
    select sum.*
    from telemetry_sum as sum
    semi join wanted using (agent, session)
    qualify sum.family = min(sum.family) over (partition by sum.agent, sum.session)
),
stepped as (
    select agent, session, model, counts, told_at, delta, value,
        coalesce(
            lag(value) over (partition by series, started_at, delta order by told_at), 0
        ) as before
    from told_sum
),
step as (
    select agent, session, model, counts, told_at,
        case
            when delta or value < before then value
            else value - before
        end as added
    from stepped
),
by_day as (
    select agent, session, model, max(told_at) as happened_at,
        sum(added) filter (counts = 'input') as input,
        sum(added) filter (counts = 'prompt') as prompt,
        sum(added) filter (counts = 'cache_read') as cache_read,
        sum(added) filter (counts = 'cache_write') as cache_write,
        sum(added) filter (counts = 'output') as output,
        sum(added) filter (counts = 'thoughts') as thoughts,
        sum(added) filter (counts = 'reasoning') as reasoning,
        sum(added) filter (counts = 'dollars') as dollars
    from step
    where counts in (
        'input', 'prompt', 'cache_read', 'cache_write', 'output', 'thoughts', 'reasoning', 'dollars'
    )
    group by agent, session, model, told_at::date
),
by_class as (
    select agent, session, model, happened_at,
        least(
            coalesce(input, 0)
                + greatest(
                    coalesce(prompt, 0) - case
                        when prompt is null then 0
                        else coalesce(cache_read, 0) + coalesce(cache_write, 0)
                    end,
                    0
                ),
            9e15
        )::bigint as input,
        least(coalesce(cache_read, 0), 9e15)::bigint as cache_read,
        least(coalesce(cache_write, 0), 9e15)::bigint as cache_write,
        least(coalesce(output, 0) + coalesce(thoughts, 0), 9e15)::bigint as output,
        least(coalesce(thoughts, 0) + coalesce(reasoning, 0), 9e15)::bigint as reasoning,
        least(dollars * 1e6, 9e15)::bigint as reported_cost
    from by_day
),
