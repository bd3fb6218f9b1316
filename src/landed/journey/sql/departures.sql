-- How given lines were taken out by given commits: whether the same hunk put others in their place.
-- Lines of one hunk have equally many kept lines above them, before as after.
with
asked as (
    select unnest($lines::integer[]) as line, unnest($commits::integer[]) as commit_index
),
taker as (
    select distinct commit_index from asked
),
removed as (
    select
        removal.line,
        removal.commit_index,
        removal.path_index,
        removal.line_number - dense_rank() over (
            partition by removal.commit_index, removal.path_index order by removal.line_number
        ) as kept_above
    from removal
    join taker on taker.commit_index = removal.commit_index
    where removal.repository = $repository
),
born as (
    select
        line.commit_index,
        line.path_index,
        line.line_number - dense_rank() over (
            partition by line.commit_index, line.path_index order by line.line_number
        ) as kept_above
    from line
    join taker on taker.commit_index = line.commit_index
    where line.repository = $repository
),
put_in as (
    select distinct commit_index, path_index, kept_above from born
)
select asked.line, asked.commit_index, bool_or(put_in.commit_index is not null) as replaced
from asked
join removed on removed.line = asked.line and removed.commit_index = asked.commit_index
left join put_in
    on put_in.commit_index = removed.commit_index
    and put_in.path_index = removed.path_index
    and put_in.kept_above = removed.kept_above
group by asked.line, asked.commit_index
