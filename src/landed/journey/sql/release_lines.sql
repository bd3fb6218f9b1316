-- Where given tags differ from the main line at their base, among given lines.
select release_line.tag, release_line.line, release_line.present
from release_line
join asked on asked.line = release_line.line
where release_line.repository = $repository and list_contains($tags, release_line.tag)
