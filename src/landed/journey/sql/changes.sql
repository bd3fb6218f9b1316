-- The changes of one repository's projects that were open by a time, and which of them others than
-- the author reviewed: before they were merged, of those that are not, so far.
with
change_here as (
    select
        change.*,
        change.base_ref = repository.default_branch
        or change.base_ref = coalesce(project.default_branch, '') as to_main
    from change
    join project on project.repository = change.repository and project.project = change.project
    join repository on repository.repository = project.belongs_to
    where change.repository = 'forges' and project.belongs_to = $repository
        and change.opened_at <= $until
),
reviewed as (
    select distinct review.project, review.number
    from review
    join change_here
        on change_here.project = review.project and change_here.number = review.number
    where review.repository = 'forges'
        and review.reviewer is not null
        and review.reviewer <> coalesce(change_here.author, '')
        and review.reviewer_kind <> 'bot'
        and not list_contains($bots::varchar[], review.reviewer)
        and review.submitted_at <= $until
        and review.submitted_at <= coalesce(change_here.merged_at, $until)
)
select
    change_here.project,
    change_here.number,
    change_here.state,
    change_here.head_commit,
    change_here.merge_commit,
    change_here.opened_at,
    change_here.merged_at,
    change_here.closed_at,
    change_here.to_main,
    reviewed.number is not null as reviewed
from change_here
left join reviewed
    on reviewed.project = change_here.project and reviewed.number = change_here.number
order by change_here.project, change_here.number
