-- What HEAD did in each working tree, in order.
select worktree, happened_at, previous, "commit", action
from head_movement
where repository = $repository
order by worktree, ordinal
