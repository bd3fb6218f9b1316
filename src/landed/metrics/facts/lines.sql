-- name: lines
-- definition: The lines of one repository whose story is one stay on the default branch, or none,
--   in groups of equal birth commit, path, author, entry and departure. Lines that share a
--   lineage, stayed more than once, or tell a release from the main line are left to
--   entangled.sql.
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
left_out as (
    select line from lineage where repository = $repository
    union
    select root_line as line from lineage where repository = $repository
    union
    select line from release_line where repository = $repository and array_contains($tags, tag)
    union
    select line from stay group by line having count(*) > 1
),
own as (
    select line, who, agent, grade from line_attribution where repository = $repository
),
grouped as (
    select
        line.commit_index,
        line.path_index,
        own.who,
        own.agent,
        own.grade,
        stay.entered,
        stay.departed,
        stay.left_by,
        count(*) as lines
    from line
    left join stay on stay.line = line.line
    left join own on own.line = line.line
    left join left_out on left_out.line = line.line
    where line.repository = $repository and left_out.line is null
    group by
        line.commit_index, line.path_index, own.who, own.agent, own.grade,
        stay.entered, stay.departed, stay.left_by
)
select
    grouped.commit_index,
    grouped.path_index,
    case when grouped.who is not null then grouped.who else coalesce(whole.who, 'unknown') end
        as who,
    case when grouped.who is not null then grouped.agent else whole.agent end as agent,
    case when grouped.who is not null then grouped.grade else coalesce(whole.grade, 'none') end
        as grade,
    grouped.entered,
    grouped.departed,
    grouped.left_by,
    grouped.lines
from grouped
left join commit_attribution as whole
    on whole.repository = $repository and whole.commit_index = grouped.commit_index
