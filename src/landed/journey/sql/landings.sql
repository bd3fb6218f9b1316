-- When the forge merged what each step of the main line brought; the latest where several came.
select step, max(merged_at) as merged_at
from change_landing
where repository = $repository
group by step
order by step
