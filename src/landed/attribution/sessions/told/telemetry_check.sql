summed as (
    select agent, session, sum(input) as input, sum(cache_read) as cache_read,
        sum(cache_write) as cache_write, sum(output) as output
    from by_class
    group by agent, session
),
called as (
    select family.agent, family.session,
        sum(call.input_tokens) as input, sum(call.cache_read_tokens) as cache_read,
        sum(call.cache_write_5m_tokens + call.cache_write_1h_tokens) as cache_write,
        sum(call.output_tokens) as output
    from model_call as call
    join family on family.agent = call.agent and family.member = call.session
    group by family.agent, family.session
),
found as (
    select summed.agent, summed.session, class.counts,
        case class.counts
            when 'input' then summed.input
            when 'cache_read' then summed.cache_read
            when 'cache_write' then summed.cache_write
            else summed.output
        end::bigint as by_sums,
        coalesce(
            case class.counts
                when 'input' then called.input
                when 'cache_read' then called.cache_read
                when 'cache_write' then called.cache_write
                else called.output
            end,
            0
        )::bigint as by_calls
    from summed
    left join called using (agent, session)
    cross join (values ('input'), ('cache_read'), ('cache_write'), ('output')) as class(counts)
)
