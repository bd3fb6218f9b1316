-- What one repository is called: by its clones, and at forges.
select name from location where repository = $repository
union
select name from project where repository = 'forges' and belongs_to = $repository
order by name
