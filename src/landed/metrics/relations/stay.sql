-- name: stay
-- definition: Stays of lines on the default branch in groups of equal story: birth commit, path
--   and author of the first line of the lineage, entry and departure in steps of the main line.
--   A line that was moved or reformatted is one line with one stay; one that was taken back and
--   brought in again has two. Lines that never landed have one row without an entry. Evidence
--   that is only inferred decides nothing here.
-- inputs: line_group, entangled_stay, path, scope
with
united as (
    select
        line_group.repository,
        line_group.commit_index,
        line_group.path_index,
        line_group.who,
        line_group.agent,
        line_group.grade,
        line_group.entered,
        line_group.departed,
        line_group.left_by,
        true as first_stay,
        true as last_stay,
        coalesce(
            line_group.entered <= scope.live_step
            and (line_group.departed is null or line_group.departed > scope.live_step),
            false
        ) as released,
        line_group.lines
    from line_group
    join scope on scope.repository = line_group.repository
    union all
    select
        repository, commit_index, path_index, who, agent, grade, entered, departed, left_by,
        first_stay, last_stay, released, count(*) as lines
    from entangled_stay
    group by
        repository, commit_index, path_index, who, agent, grade, entered, departed, left_by,
        first_stay, last_stay, released
)
select
    united.repository,
    united.commit_index,
    united.path_index,
    case when united.grade = 'inferred' then 'unknown' else united.who end as who,
    case when united.grade = 'inferred' then null else united.agent end as agent,
    united.grade,
    united.entered,
    united.departed,
    united.left_by,
    united.first_stay,
    united.last_stay,
    united.released,
    united.lines
from united
join path on path.repository = united.repository and path.path_index = united.path_index
