-- name: seat_use
-- definition: The seats held at the end of the window, and when their holder last used a tool of that
--   vendor, as far as logs show; null = never.
-- inputs: seat, model_call, call_price, session_place
with
used as (
    select
        call_price.vendor,
        place.person,
        max(model_call.happened_at) as last_at
    from model_call
    inner join call_price
        on call_price.repository = model_call.repository and call_price.call = model_call.call
    inner join session_place as place
        on
            place.repository = model_call.repository
            and place.agent = model_call.agent
            and place.session = model_call.session
    where place.person is not null and model_call.happened_at < $until
    group by call_price.vendor, place.person
)
select
    seat.vendor,
    seat.holder,
    seat.monthly_microdollars,
    cast(epoch_ms(used.last_at) / 1000 as bigint) as last_second
from seat
left join used on used.vendor = seat.vendor and used.person = seat.holder
where
    seat.since <= $last_day
    and (seat.until is null or seat.until >= $last_day)
order by seat.vendor, seat.holder, seat.since
