-- name: coverage
-- title: Evidence coverage
-- category: evidence
-- unit: lines alive
-- definition: The lines alive on the default branch at the end of the window, as git blame counts
--   them, by who wrote them and the grade of the evidence that decides. Covered are the lines
--   with any grade but none and inferred; the rest is unknown, which is not the same as human.
-- inputs: carrier
select
    repository,
    who,
    agent,
    grade,
    sum(lines) as lines
from carrier
where departed is null
group by repository, who, agent, grade
order by repository, lines desc, who, agent nulls first, grade
