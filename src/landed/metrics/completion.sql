-- name: completion
-- title: AI-assisted completion
-- category: productivity
-- unit: share of lines
-- definition: Of the lines generated longer ago than the rework window (21 days unless configured),
--   those that were merged and not reworked, and whose checks did not fail. Where no check ran, or no
--   forge tells of them, checks are not asked.
-- inputs: journey_line, session_scope
-- ratio: completed / mature
select
    line.repository,
    line.agent,
    sum(line.lines) as mature,
    sum(
        case
            when line.merged and line.bucket <> 'reworked' and coalesce(line.green, true)
                then line.lines
            else 0
        end
    ) as completed
from journey_line as line
cross join session_scope as scope
where
    line.bucket <> 'superseded'
    and line.generated_second <= scope.until_second - scope.rework_days * 86400
group by line.repository, line.agent
order by line.repository, line.agent
