-- name: idle_seats
-- title: Idle seats
-- category: return
-- unit: seats
-- definition: Seats whose holder has no captured use of that vendor's tools in the last 30 days, over all
--   seats held at the end of the window, and what the idle ones cost a month. Use that no log shows is
--   not known; a holder whose tools are not captured may not be idle at all.
-- inputs: seat_use, session_scope
-- ratio: idle / seats
select
    cast(null as varchar) as repository,
    seat_use.vendor,
    count(*) as seats,
    sum(
        case
            when
                seat_use.last_second is null
                or seat_use.last_second < scope.until_second - 30 * 86400
                then 1
            else 0
        end
    ) as idle,
    sum(
        case
            when
                seat_use.last_second is null
                or seat_use.last_second < scope.until_second - 30 * 86400
                then seat_use.monthly_microdollars
            else 0
        end
    ) as idle_microdollars_a_month
from seat_use
cross join session_scope as scope
group by seat_use.vendor
order by seat_use.vendor
