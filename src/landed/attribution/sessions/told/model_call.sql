-- Calls that telemetry tells and no log does. A log tells a call by its request, else by being one
-- of as many calls of the session with as many tokens; a sub-agent's log is part of its session's.
logged_here as (
    select call.call, call.agent, family.session, call.happened_at,
        call.input_tokens + call.cache_read_tokens + call.cache_write_5m_tokens
            + call.cache_write_1h_tokens as prompt,
        call.output_tokens as output
    from model_call as call
    join family on family.agent = call.agent and family.member = call.session
    where not starts_with(call.call, 'telemetry:')
),
known as (
    select told_call.item
    from told_call
    join model_call on model_call.call = told_call.request
),
unmatched as (
    select told_call.*,
        told_call.input_tokens + told_call.cache_read_tokens + told_call.cache_write_5m_tokens
            + told_call.cache_write_1h_tokens as prompt
    from told_call
    anti join known using (item)
),
numbered_told as (
    select *, row_number() over (
        partition by agent, session, prompt, output_tokens order by happened_at, item
    ) as nth
    from unmatched
),
numbered_logged as (
    select *, row_number() over (
        partition by agent, session, prompt, output order by happened_at, call
    ) as nth
    from logged_here
    where call not in (select request from told_call where request is not null)
),
single as (
    select 'telemetry:' || told.item as call, told.agent, told.session, told.turn,
        told.happened_at, told.model, told.provider, told.input_tokens, told.cache_read_tokens,
        told.cache_write_5m_tokens, told.cache_write_1h_tokens, told.output_tokens,
        told.reasoning_tokens, told.web_searches, told.tier, told.speed,
        null::varchar as geography, told.reported_cost, told.sub_agent
    from numbered_told as told
    anti join numbered_logged as logged on logged.agent = told.agent
        and logged.session = told.session and logged.prompt = told.prompt
        and logged.output = told.output_tokens and logged.nth = told.nth
),
