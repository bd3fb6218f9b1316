-- Every commit with its place on the main line and its first parent.
select "commit"."commit", "commit".mainline_index, edge.parent_index
from "commit"
left join commit_parent as edge
    on edge.repository = "commit".repository and edge.commit_index = "commit".commit_index
    and edge.ordinal = 0
where "commit".repository = $repository
order by "commit".commit_index
