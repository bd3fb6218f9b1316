-- What could not be read or understood, by source and kind; the commonest first.
select
    source,
    kind,
    cast(sum(count) as bigint) as count,
    count(*) as subjects,
    count(distinct repository) as places
from problem
group by source, kind
order by count desc, source, kind
limit 200
