-- name: entangled
-- definition: Each stay of each line of one repository that shares its lineage with another,
--   stayed on the default branch more than once, or tells a release from the main line; with the
--   line's own birth and decision, else that of its commit. Of lines without a stay only those
--   have a row that tell a release from the main line, and the first line of each lineage: its
--   birth and author hold for all.
-- inputs: line, line_interval, line_attribution, commit_attribution, lineage, release_line
with
stay as (
    select
        line,
        entered,
        case when line_interval.left <= $until_step then line_interval.left end as departed,
        case when line_interval.left <= $until_step then left_by end as left_by
    from line_interval
    where repository = $repository and branch = $branch and entered <= $until_step
),
beside as (
    select distinct line
    from release_line
    where repository = $repository and array_contains($tags, tag)
),
member as (
    select line, root_line from lineage where repository = $repository
    union
    select root_line as line, root_line from lineage where repository = $repository
),
alone as (
    select line from beside
    union
    select line from stay group by line having count(*) > 1
),
entangled as (
    select line, root_line from member
    union all
    select alone.line, alone.line as root_line
    from alone
    left join member on member.line = alone.line
    where member.line is null
)
select
    entangled.root_line,
    entangled.line,
    line.commit_index,
    line.path_index,
    case when own.line is not null then own.who else whole.who end as who,
    case when own.line is not null then own.agent else whole.agent end as agent,
    case when own.line is not null then own.grade else whole.grade end as grade,
    stay.entered,
    stay.departed,
    stay.left_by
from line
join entangled on entangled.line = line.line
left join stay on stay.line = entangled.line
left join line_attribution as own
    on own.repository = $repository and own.line = entangled.line
left join commit_attribution as whole
    on whole.repository = $repository and whole.commit_index = line.commit_index
left join beside on beside.line = entangled.line
where line.repository = $repository
    and (
        stay.line is not null
        or beside.line is not null
        or entangled.line = entangled.root_line
    )
