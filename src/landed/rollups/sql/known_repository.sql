-- The repositories that have been read, with the name to show.
select
    repository.repository,
    coalesce(max(project.name), max(location.name), repository.repository) as name,
    repository.default_branch as branch,
    any_value(repository.head) as head,
    any_value(repository.shallow) as shallow,
    any_value(repository.first_commit_at) as first_commit_at,
    any_value(repository.last_commit_at) as last_commit_at
from repository
left join location on location.repository = repository.repository
left join project on project.belongs_to = repository.repository
group by repository.repository, repository.default_branch
order by name, repository.repository
