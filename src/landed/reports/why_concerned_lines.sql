-- The lines of all lineages with a line that came to a branch with one of some steps, was born in
-- one of some commits or was taken out by one, or is one of some lines.
-- $repository, $branch, and the tables steps (step), commits (commit_index) and lines (line).
with
concerned as (
    select stay.line
    from line_interval as stay
    join steps on steps.step = stay.entered
    where stay.repository = $repository and stay.branch = $branch
    union
    select line.line
    from line
    join commits on commits.commit_index = line.commit_index
    where line.repository = $repository
    union
    select removal.line
    from removal
    join commits on commits.commit_index = removal.commit_index
    where removal.repository = $repository
    union
    select line from lines
),
lineages as (
    select distinct coalesce(lineage.root_line, concerned.line) as root_line
    from concerned
    left join lineage
        on lineage.repository = $repository and lineage.line = concerned.line
),
carrying as (
    select root_line as line, root_line from lineages
    union
    select lineage.line, lineage.root_line
    from lineage
    join lineages on lineages.root_line = lineage.root_line
    where lineage.repository = $repository
)
select line.line, line.commit_index, line.path_index, line.trivial, carrying.root_line
from line
join carrying on carrying.line = line.line
where line.repository = $repository
order by line.line
