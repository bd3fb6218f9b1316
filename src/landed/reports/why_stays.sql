-- The stays of a line on the default branch. $1 repository, $2 line id.
select
    entered."commit" as entered_commit,
    entered.subject as entered_subject,
    entered.author_name as entered_author,
    entered.landed_at as entered_at,
    departed."commit" as left_commit,
    departed.subject as left_subject,
    departed.author_name as left_author,
    departed.landed_at as left_at,
    remover."commit" as removed_commit,
    remover.subject as removed_subject,
    remover.author_name as removed_author,
    remover.authored_at as removed_at
from line_interval
join repository
    on repository.repository = line_interval.repository
    and repository.default_branch = line_interval.branch
join "commit" as entered
    on entered.repository = line_interval.repository
    and entered.mainline_index = line_interval.entered
left join "commit" as departed
    on departed.repository = line_interval.repository
    and departed.mainline_index = line_interval."left"
left join "commit" as remover
    on remover.repository = line_interval.repository
    and remover.commit_index = line_interval.left_by
where line_interval.repository = $1 and line_interval.line = $2
order by line_interval.entered
