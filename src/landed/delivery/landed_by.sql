-- For each commit the step that it is, and the one that brought it in; -1 = none.
select
    coalesce(mainline_index, -1) as step,
    coalesce(change_index, -1) as change
from "commit"
where repository = $repository
order by commit_index
