-- name: incident_causes
-- title: How causes of incidents are known
-- category: evidence
-- unit: incidents
-- definition: Incidents and bugs by the rule that links them with what caused them: a link to a commit,
--   change or deployment, a named root cause, the lines that the fix took out, or only the time of the
--   deployment before (inferred); none where nothing tells.
-- inputs: incident_fact
select
    repository,
    kind,
    rule,
    count(*) as incidents
from incident_fact
group by repository, kind, rule
order by repository, kind desc, rule
