-- What calls cost, from the prices of calls alone: all, or those of given turns, and those without a
-- turn of sessions that worked in given repositories. A price whose call is not known always counts.
with
concerned as (
    select unnest($agents::varchar[]) as agent, unnest($turns::varchar[]) as turn
)
select
    count(*) as calls,
    count(*) filter (where price.list_microdollars is null) as unpriced_calls,
    cast(coalesce(sum(price.list_microdollars), 0) as bigint) as list_microdollars,
    cast(coalesce(sum(price.cash_microdollars), 0) as bigint) as cash_microdollars
from call_price as price
left join model_call as call on call.repository = 'agents' and call.call = price.call
left join concerned on concerned.agent = call.agent and concerned.turn = call.turn
left join session_place as place
    on place.repository = 'agents' and place.agent = call.agent and place.session = call.session
where price.repository = 'agents' and (call.call is null or call.happened_at <= $until)
    and (
        $everything
        or call.call is null
        or concerned.turn is not null
        or (
            call.turn is null
            and list_contains(
                $repositories,
                case
                    when place.belongs_to is not null then place.belongs_to
                    when place.how = 'inside' then 'unread'
                    else 'outside'
                end
            )
        )
    )
