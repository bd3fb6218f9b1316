-- Lines that stand in the files of one repository, by whose files they are, who wrote them and
-- since when.
select
    $repository as repository,
    cast(null as integer) as path_index,
    path.team,
    who,
    agent,
    grade,
    cast(null as integer) as entered,
    cast(null as integer) as departed,
    stay_entered,
    plain,
    cast(sum(lines) as bigint) as lines
from carrier
left join path on path.path_index = carrier.path_index
where departed is null
group by path.team, who, agent, grade, stay_entered, plain
order by stay_entered, who, agent nulls first, grade
