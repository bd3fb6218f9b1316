-- How many lines of given commits have a twin in a commit that was picked from or to another
-- branch, and of how many lines each commit is.
with
asked as (
    select unnest($commits::integer[]) as commit_index
),
twin as (
    select younger.commit_index as one, older.commit_index as other, line_link.line as line
    from line_link
    join line as younger on younger.repository = $repository and younger.line = line_link.line
    join line as older on older.repository = $repository and older.line = line_link.predecessor
    where line_link.repository = $repository and line_link.rule = 'cherry-pick'
        and line_link.rank = 0
),
paired as (
    select one as commit_index, other as twin_index, line from twin
    union all
    select other as commit_index, one as twin_index, line from twin
)
select
    paired.commit_index, paired.twin_index, count(*) as lines, min(made.lines_added) as lines_added
from paired
join asked on asked.commit_index = paired.commit_index
join "commit" as made
    on made.repository = $repository and made.commit_index = paired.commit_index
group by paired.commit_index, paired.twin_index
having 2 * count(*) > min(made.lines_added)
order by paired.commit_index, paired.twin_index
