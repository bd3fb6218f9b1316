-- The lines in which trees that were released or deployed differ from the main line at their base.
select line from release_line where repository = $repository
union
select line from deployed_line where repository = $repository
order by line
