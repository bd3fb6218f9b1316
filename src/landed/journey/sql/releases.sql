-- The tags of one repository, with the step by which the tagged commit was on the main line.
select release.*, landing.change_index
from release
left join "commit" as landing
    on landing.repository = release.repository and landing.commit_index = release.commit_index
where release.repository = $repository
