-- What each line of one repository descends from: the deciding link, or the line it duplicates.
select line, predecessor
from line_link
where repository = $repository and rank = 0
union all
select line, origin_line as predecessor
from line
where repository = $repository and origin_line is not null
