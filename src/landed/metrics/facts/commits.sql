-- name: commits
-- definition: The commits of one repository: when they were made, when and with which change they
--   entered the main line, who made them, and whether their message says that they revert another.
--   Where nothing decides for a whole commit, whoever is known to have written at least half of the
--   lines it added has made it.
-- inputs: commit, commit_attribution, commit_reference, line, line_attribution
with
revert as (
    select distinct commit_index
    from commit_reference
    where repository = $repository and kind = 'reverts'
),
written as (
    select
        line.commit_index,
        case when own.who = 'mixed' then 'ai' else own.who end as who,
        own.agent,
        min(own.grade) as grade,
        count(*) as lines
    from line_attribution as own
    inner join line on line.repository = $repository and line.line = own.line
    where own.repository = $repository and own.who <> 'unknown'
    group by line.commit_index, case when own.who = 'mixed' then 'ai' else own.who end, own.agent
),
ranked as (
    select
        commit_index,
        who,
        agent,
        grade,
        lines,
        row_number() over (
            partition by commit_index
            order by lines desc, who asc, agent asc nulls first
        ) as place
    from written
)
select
    made.commit_index,
    made.mainline_index,
    made.change_index,
    made.committed_at,
    made.landed_at,
    coalesce(author.who, writer.who, 'unknown') as who,
    case when author.who is null then writer.agent else author.agent end as agent,
    coalesce(author.grade, writer.grade, 'none') as grade,
    revert.commit_index is not null as reverts
from "commit" as made
left join commit_attribution as author
    on
        author.repository = $repository
        and author.commit_index = made.commit_index
        and author.who <> 'unknown'
left join ranked as writer
    on
        writer.commit_index = made.commit_index
        and writer.place = 1
        and 2 * writer.lines >= made.lines_added
left join revert on revert.commit_index = made.commit_index
where made.repository = $repository
