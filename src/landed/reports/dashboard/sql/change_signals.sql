-- What one change itself says of agents: in its title, labels or text. $project, $number.
select distinct rule, place, who, agent, model, grade
from change_signal
where project = $project and number = $number
order by rule, place, agent nulls first
