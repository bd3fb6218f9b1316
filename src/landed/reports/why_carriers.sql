-- All lines of the lineage of a line, with the commits they were born in, and when the lineage and
-- the line itself first came to the default branch. $repository, $line.
with
lineage_root as (
    select coalesce(
        (select root_line from lineage where repository = $repository and line = $line), $line
    ) as root_line
),
carrying as (
    select root_line as line from lineage_root
    union
    select lineage.line
    from lineage
    join lineage_root on lineage_root.root_line = lineage.root_line
    where lineage.repository = $repository
),
entry as (
    select stay.line, min(stay.entered) as entered
    from line_interval as stay
    join carrying on carrying.line = stay.line
    join repository
        on repository.repository = stay.repository
        and repository.default_branch = stay.branch
    where stay.repository = $repository
    group by stay.line
)
select
    line.line,
    line.commit_index,
    "commit"."commit",
    entry.entered,
    line.line = lineage_root.root_line as is_root
from line
join carrying on carrying.line = line.line
cross join lineage_root
join "commit"
    on "commit".repository = line.repository and "commit".commit_index = line.commit_index
left join entry on entry.line = line.line
where line.repository = $repository
order by line.line
