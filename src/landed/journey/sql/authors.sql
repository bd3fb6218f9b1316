-- Who wrote given commits: what decides for the commit, and who wrote how many of its lines.
with
asked as (
    select distinct unnest($commits::integer[]) as commit_index
),
born as (
    select
        line.commit_index,
        coalesce(lineage.root_line, line.line) as root_line
    from line
    join asked on asked.commit_index = line.commit_index
    left join lineage on lineage.repository = line.repository and lineage.line = line.line
    where line.repository = $repository
),
decided as (
    select
        born.commit_index,
        case when own.line is not null then own.who else whole.who end as who,
        case when own.line is not null then own.grade else whole.grade end as grade
    from born
    join line as root on root.repository = $repository and root.line = born.root_line
    left join line_attribution as own
        on own.repository = $repository and own.line = born.root_line
    left join commit_attribution as whole
        on whole.repository = $repository and whole.commit_index = root.commit_index
),
counted as (
    select
        commit_index,
        count(*) filter (who in ('ai', 'mixed') and grade <> 'inferred') as ai_lines,
        count(*) filter (who = 'human' and grade <> 'inferred') as human_lines,
        count(*) filter (who = 'automation' and grade <> 'inferred') as automation_lines
    from decided
    group by commit_index
)
select
    asked.commit_index,
    case when whole.grade not in ('inferred', 'none') then whole.who end as who,
    coalesce(counted.ai_lines, 0) as ai_lines,
    coalesce(counted.human_lines, 0) as human_lines,
    coalesce(counted.automation_lines, 0) as automation_lines
from asked
left join commit_attribution as whole
    on whole.repository = $repository and whole.commit_index = asked.commit_index
left join counted on counted.commit_index = asked.commit_index
