-- The lines that some commits added and that none of them took out again, with who wrote them.
-- $repository, $commits.
with
brought as (
    select unnest($commits::integer[]) as commit_index
),
taken_out as (
    select distinct line from removal
    where repository = $repository and commit_index in (select commit_index from brought)
),
added as (
    select line, path_index from line
    where repository = $repository
        and commit_index in (select commit_index from brought)
        and line not in (select line from taken_out)
)
select
    added.line,
    author.root_line,
    path.path,
    author.who,
    author.agent,
    author.model,
    author.grade,
    evidence.session
from added
join line_author as author
    on author.repository = $repository and author.line = added.line
join path on path.repository = $repository and path.path_index = added.path_index
join line as root on root.repository = $repository and root.line = author.root_line
left join line_attribution as own
    on own.repository = $repository and own.line = author.root_line
left join commit_attribution as whole
    on whole.repository = $repository and whole.commit_index = root.commit_index
left join evidence
    on evidence.repository = $repository
    and evidence.evidence = case when own.line is not null then own.evidence else whole.evidence end
order by added.line
