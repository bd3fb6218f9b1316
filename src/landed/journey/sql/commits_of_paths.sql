-- The commits that brought lines into given paths, or took lines out there.
with
chosen as (
    select unnest($paths::integer[]) as path_index
)
select line.commit_index
from line
join chosen on chosen.path_index = line.path_index
where line.repository = $repository
union
select removal.commit_index
from removal
join chosen on chosen.path_index = removal.path_index
where removal.repository = $repository
