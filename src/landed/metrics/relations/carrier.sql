-- name: carrier
-- definition: Stays of lines as they stand in the files, in groups of equal story, each with the
--   entry of the stay of its lineage. Where stay counts a lineage once, carrier counts the lines
--   that a reader of the files would count.
-- inputs: line_group, entangled_carrier, entangled_root, path
with
united as (
    select
        repository, path_index, who, agent, grade, entered, departed, entered as stay_entered,
        true as plain, lines
    from line_group
    where entered is not null
    union all
    select
        carrier.repository, carrier.path_index, root.who, root.agent, root.grade,
        carrier.entered, carrier.departed, carrier.stay_entered, false as plain,
        count(*) as lines
    from entangled_carrier as carrier
    join entangled_root as root
        on root.repository = carrier.repository and root.root_line = carrier.root_line
    group by
        carrier.repository, carrier.path_index, root.who, root.agent, root.grade,
        carrier.entered, carrier.departed, carrier.stay_entered
)
select
    united.repository,
    united.path_index,
    case when united.grade = 'inferred' then 'unknown' else united.who end as who,
    case when united.grade = 'inferred' then null else united.agent end as agent,
    united.grade,
    united.entered,
    united.departed,
    united.stay_entered,
    united.plain,
    united.lines
from united
join path on path.repository = united.repository and path.path_index = united.path_index
