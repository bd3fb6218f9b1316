-- name: release_differences
-- definition: Where the chosen releases of one repository differ from the main line at their base.
-- inputs: release_line
select tag, line, present
from release_line
where repository = $repository and array_contains($tags, tag)
