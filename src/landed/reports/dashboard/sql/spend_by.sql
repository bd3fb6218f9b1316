-- Calls, tokens and dollars by one dimension.
-- $by: repository, team, agent, model, feature or vendor.
select
    coalesce(
        case $by
            when 'repository' then repository
            when 'team' then team
            when 'agent' then agent
            when 'model' then model
            when 'feature' then feature
            when 'vendor' then vendor
        end,
        ''
    ) as member,
    cast(sum(calls) as bigint) as calls,
    cast(sum(unpriced_calls) as bigint) as unpriced_calls,
    cast(sum(input_tokens) as bigint) as input_tokens,
    cast(sum(cache_read_tokens) as bigint) as cache_read_tokens,
    cast(sum(cache_write_tokens) as bigint) as cache_write_tokens,
    cast(sum(output_tokens) as bigint) as output_tokens,
    cast(sum(list_microdollars) as bigint) as list_microdollars,
    cast(sum(cash_microdollars) as bigint) as cash_microdollars
from spend
group by 1
order by list_microdollars desc, cash_microdollars desc, member
