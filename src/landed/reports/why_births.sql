-- Where lines were born. $1 repository, $2 line ids.
select
    line.line,
    line.line_number,
    path.path,
    "commit"."commit",
    "commit".subject,
    "commit".author_name as author,
    "commit".authored_at as at
from line
join path on path.repository = line.repository and path.path_index = line.path_index
join "commit"
    on "commit".repository = line.repository and "commit".commit_index = line.commit_index
where line.repository = $1 and line.line in (select unnest($2::integer[]))
