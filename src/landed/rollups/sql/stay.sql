-- Stays of lines on one default branch in groups of equal story, whatever file of a team they are
-- in.
select
    $repository as repository,
    cast(null as integer) as path_index,
    path.team,
    stay.who,
    stay.agent,
    stay.grade,
    stay.entered,
    stay.departed,
    stay.left_by,
    stay.first_stay,
    stay.last_stay,
    stay.released,
    entry.second as entered_second,
    departure.second as left_second,
    cast(sum(stay.lines) as bigint) as lines
from stay
left join path on path.path_index = stay.path_index
left join landed_step as entry on entry.step = stay.entered
left join landed_step as departure on departure.step = stay.departed
group by all
order by entered_second nulls first, left_second nulls first
