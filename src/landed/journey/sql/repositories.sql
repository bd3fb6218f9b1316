-- The repositories that have been read, and their default branches.
select repository, default_branch from repository order by repository
