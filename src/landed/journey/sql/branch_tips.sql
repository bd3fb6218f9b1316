-- The commits in which branches end, or ended, as far as they were seen.
select ref, "commit", gone_at
from branch_tip
where repository = $repository
