-- By project, the repositories that alone know commits of it: (project, repository, commits).

with told as (
    select project, merge_commit as told_id
    from change
    where repository = $forges and merge_commit is not null
    union
    select project, "commit"
    from change_commit
    where repository = $forges
    union
    select project, "commit"
    from deployment
    where repository = $forges
),

known as (
    select told.project, told.told_id, "commit".repository
    from told
    inner join "commit" on told.told_id = "commit"."commit"
    union
    select told.project, told.told_id, "commit".repository
    from told
    inner join "commit" on starts_with("commit"."commit", told.told_id)
    where length(told.told_id) < 40
),

alone as (
    select project, told_id, min(repository) as repository
    from known
    group by project, told_id
    having count(distinct repository) = 1
)

select project, repository, count(*) as commits
from alone
group by project, repository
order by project, repository
