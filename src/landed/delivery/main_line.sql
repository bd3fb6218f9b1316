-- The commits of the main line in order.
select
    "commit"."commit",
    "commit".commit_index,
    lower("commit".author_email) as email,
    epoch_us("commit".authored_at) // 1000000 as authored,
    "commit".subject,
    "commit".landed_at,
    exists (
        select 1 from commit_parent as edge
        where edge.repository = "commit".repository and edge.commit_index = "commit".commit_index
            and edge.ordinal = 1
    ) as merges
from "commit"
where "commit".repository = $repository and "commit".mainline_index is not null
order by "commit".mainline_index
