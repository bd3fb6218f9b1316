-- The paths of one repository.
select path_index, path from path where repository = $repository order by path_index
