-- name: hot_files_ai
-- title: Files with most AI lines
-- category: maintainability
-- unit: lines alive
-- definition: Files by lines alive that AI wrote, with all their lines alive. A line counts for
--   the path at which it was born, by the name that path has now.
-- inputs: carrier, path
select
    carrier.repository,
    path.path,
    sum(case when carrier.who in ('ai', 'mixed') then carrier.lines else 0 end) as ai_lines,
    sum(carrier.lines) as alive,
    cast(sum(case when carrier.who in ('ai', 'mixed') then carrier.lines else 0 end) as double)
        / nullif(sum(carrier.lines), 0) as ai_share
from carrier
join path
    on path.repository = carrier.repository and path.path_index = carrier.path_index
where carrier.departed is null
group by carrier.repository, path.path
having sum(case when carrier.who in ('ai', 'mixed') then carrier.lines else 0 end) > 0
order by ai_lines desc, carrier.repository, path.path
limit 20
