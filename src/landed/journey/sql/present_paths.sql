-- Where given lines lie: the present name of the path of their birth.
select line.line, coalesce(renamed.renamed_to, line.path_index) as path_index, path.path
from line
join asked on asked.line = line.line
left join renamed_path as renamed
    on renamed.repository = line.repository and renamed.path_index = line.path_index
join path
    on path.repository = line.repository
    and path.path_index = coalesce(renamed.renamed_to, line.path_index)
where line.repository = $repository
order by line.line
