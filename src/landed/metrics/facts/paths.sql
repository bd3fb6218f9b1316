-- name: paths
-- definition: The paths of one repository by the name they have now: the path at which a line was
--   born, or what its file is called at the tip where that path is gone.
-- inputs: path, renamed_path
select
    born.path_index,
    coalesce(now.path, born.path) as path
from path as born
left join renamed_path
    on renamed_path.repository = $repository and renamed_path.path_index = born.path_index
left join path as now
    on now.repository = $repository and now.path_index = renamed_path.renamed_to
where born.repository = $repository
order by born.path_index
