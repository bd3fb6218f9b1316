-- name: entangled_stay
-- definition: Each stay of each entangled lineage on the default branch, first and last marked,
--   and whether the lineage is alive in the release that stands for production. A lineage that
--   never landed has one row without an entry.
-- inputs: entangled_root, entangled_line, entangled_carrier, release_difference, scope
with
released as (
    select distinct line.repository, line.root_line
    from entangled_line as line
    join scope on scope.repository = line.repository
    left join release_difference as difference
        on difference.repository = line.repository
        and difference.position = scope.live_position
        and difference.line = line.line
    where difference.present
        or (
            difference.present is null
            and line.entered <= scope.live_step
            and (line.departed is null or line.departed > scope.live_step)
        )
),
united as (
    select
        repository,
        root_line,
        stay,
        min(entered) as entered,
        max(coalesce(departed, 2147483647)) as departed,
        -- where several lines leave in one step, the last commit that took one decides
        max_by(
            left_by, cast(coalesce(departed, 2147483647) as bigint) * 2147483648 + left_by
        ) as left_by
    from entangled_carrier
    group by repository, root_line, stay
),
counted as (
    select repository, root_line, max(stay) as stays
    from united
    group by repository, root_line
)
select
    root.repository,
    root.commit_index,
    root.path_index,
    root.who,
    root.agent,
    root.grade,
    united.entered,
    case when united.departed < 2147483647 then united.departed end as departed,
    case when united.departed < 2147483647 then united.left_by end as left_by,
    coalesce(united.stay, 1) = 1 as first_stay,
    coalesce(united.stay = counted.stays, true) as last_stay,
    united.root_line is not null and released.root_line is not null as released
from entangled_root as root
left join united
    on united.repository = root.repository and united.root_line = root.root_line
left join counted
    on counted.repository = root.repository and counted.root_line = root.root_line
left join released
    on released.repository = root.repository and released.root_line = root.root_line
