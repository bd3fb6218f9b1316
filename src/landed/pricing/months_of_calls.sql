-- The calls of each month, and a number that changes when any of them does. The outer hash keeps
-- changes that several rows have in common from cancelling each other out.
select
    strftime(found.happened_at, '%Y-%m') as "month",
    count(*) as calls,
    sum(hash(hash(found.call, found.happened_at, found.agent, found.provider, found.model,
        found.tier, found.speed, found.geography, found.input_tokens, found.cache_read_tokens,
        found.cache_write_5m_tokens, found.cache_write_1h_tokens, found.output_tokens,
        found.reasoning_tokens, found.web_searches, found.reported_cost))) as contents
from model_call as found
group by "month"
order by "month"
