-- The latest release tags of one repository, and how many there are.
select tag, released_at, count(*) over () as releases
from release
where repository = $own
order by released_at desc, tag
limit 8
