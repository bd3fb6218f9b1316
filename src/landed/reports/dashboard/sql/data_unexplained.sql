-- Lines alive without evidence, by why there is none: what could have told it was not yet, or
-- nowhere, seen. seen_since has the second from which an agent is seen in each repository.
select
    case
        when carrier.grade = 'inferred' then 'inferred'
        when seen_since.second is null then 'nobody seen'
        when landed_step.second < seen_since.second then 'before'
        else 'after'
    end as reason,
    cast(sum(carrier.lines) as bigint) as lines
from carrier
left join landed_step
    on landed_step.repository = carrier.repository and landed_step.step = carrier.stay_entered
left join seen_since on seen_since.repository = carrier.repository
where carrier.departed is null and carrier.grade in ('none', 'inferred')
group by 1
order by lines desc
