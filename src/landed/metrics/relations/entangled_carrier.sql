-- name: entangled_carrier
-- definition: Each stay of each entangled line, with the number of the stay of its lineage that
--   it is part of, and when that began. A lineage stays as long as any of its lines does: where
--   one leaves in the very step in which another enters, the line has only changed its dress.
--   2147483647 stands for a step that has not come yet.
-- inputs: entangled_line
with
present as (
    select repository, root_line, line, path_index, entered, departed, left_by
    from entangled_line
    where entered is not null
),
counted as (
    select repository, root_line, count(*) as stays
    from present
    group by repository, root_line
),
ordered as (
    select
        present.*,
        max(coalesce(present.departed, 2147483647)) over (
            partition by present.repository, present.root_line
            order by present.entered, present.line
            rows between unbounded preceding and 1 preceding
        ) as held_until
    from present
    join counted
        on counted.repository = present.repository and counted.root_line = present.root_line
    where counted.stays > 1
),
numbered as (
    select
        *,
        sum(case when held_until >= entered then 0 else 1 end) over (
            partition by repository, root_line
            order by entered, line
            rows between unbounded preceding and current row
        ) as stay
    from ordered
)
select
    repository,
    root_line,
    line,
    path_index,
    entered,
    departed,
    left_by,
    stay,
    min(entered) over (partition by repository, root_line, stay) as stay_entered
from numbered
union all
select
    present.repository,
    present.root_line,
    present.line,
    present.path_index,
    present.entered,
    present.departed,
    present.left_by,
    1 as stay,
    present.entered as stay_entered
from present
join counted
    on counted.repository = present.repository and counted.root_line = present.root_line
where counted.stays = 1
