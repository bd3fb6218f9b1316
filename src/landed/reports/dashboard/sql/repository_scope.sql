-- What is known of each repository.
select * from repository_scope order by repository
