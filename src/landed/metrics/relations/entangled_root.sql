-- name: entangled_root
-- definition: The first line of each entangled lineage: its birth, and who wrote it, which holds
--   for the whole lineage: what decides for that line, else for its commit.
-- inputs: entangled_line
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
    repository,
    root_line,
    commit_index,
    path_index,
    coalesce(who, 'unknown') as who,
    agent,
    coalesce(grade, 'none') as grade
from root
