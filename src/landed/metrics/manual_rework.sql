-- name: manual_rework
-- title: Manual rework
-- category: quality
-- unit: share of lines
-- definition: Of the generated lines that were merged longer ago than the rework window, those that left
--   within the window through a commit of which a human is the author, by evidence; beside it those
--   that an AI, an automation or somebody unknown took out.
-- inputs: journey_line, session_scope
-- ratio: by_human / merged
select
    line.repository,
    line.agent,
    sum(lines) as merged,
    sum(case when line.bucket = 'reworked' and line.removed_by = 'human' then lines else 0 end)
        as by_human,
    sum(case when line.bucket = 'reworked' and line.removed_by = 'ai' then lines else 0 end) as by_ai,
    sum(case when line.bucket = 'reworked' and line.removed_by = 'automation' then lines else 0 end)
        as by_automation,
    sum(
        case
            when line.bucket = 'reworked' and coalesce(line.removed_by, 'unknown') = 'unknown'
                then lines
            else 0
        end
    ) as by_unknown
from journey_line as line
cross join session_scope as scope
where
    line.bucket <> 'superseded'
    and line.merged
    and line.merged_second <= scope.until_second - scope.rework_days * 86400
group by line.repository, line.agent
order by line.repository, line.agent
