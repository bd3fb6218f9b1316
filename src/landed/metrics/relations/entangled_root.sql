-- name: entangled_root
-- definition: The first line of each entangled lineage: its birth, and who wrote it, which holds
--   for the whole lineage: what decides for that line, else for its commit.
-- inputs: entangled_line, commit_fact
with
root as (
    select
        line.repository,
        line.line as root_line,
        min(line.commit_index) as commit_index,
        min(line.path_index) as path_index,
        min(line.who) as who,
        min(line.agent) as agent,
        min(line.grade) as grade
    from entangled_line as line
    where line.line = line.root_line
    group by line.repository, line.line
)
select
    root.repository,
    root.root_line,
    root.commit_index,
    root.path_index,
    case when root.who is not null then root.who else whole.who end as who,
    case when root.who is not null then root.agent else whole.agent end as agent,
    case when root.who is not null then root.grade else whole.grade end as grade
from root
join commit_fact as whole
    on whole.repository = root.repository and whole.commit_index = root.commit_index
