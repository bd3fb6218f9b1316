-- Where given deployed commits differ from the main line at their base, among given lines.
select deployed_line."commit", deployed_line.line, deployed_line.present
from deployed_line
join asked on asked.line = deployed_line.line
where deployed_line.repository = $repository
    and list_contains($commits, deployed_line."commit")
order by deployed_line."commit", deployed_line.line
