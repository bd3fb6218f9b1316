-- Every line of one repository: its birth, and the first line of its lineage where it is another.
select
    line.line, line.commit_index, line.path_index, line.trivial,
    coalesce(lineage.root_line, line.line) as root_line
from line
left join lineage on lineage.repository = $repository and lineage.line = line.line
where line.repository = $repository
order by line.line
