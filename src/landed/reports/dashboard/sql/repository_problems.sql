-- What could not be read of one repository, by kind; the commonest first.
select
    source,
    kind,
    cast(sum(count) as bigint) as count,
    count(*) as subjects,
    min(subject) as subject,
    min(detail) as detail
from problem
where repository = $own
group by source, kind
order by count desc, source, kind
