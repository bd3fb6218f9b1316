-- name: review_load
-- title: Review load
-- category: maintainability
-- unit: minutes a change
-- definition: What reviewing took, for each change that was merged or closed: submitted reviews (rounds),
--   comments on the code and in the discussion, reviewers, senior ones among them, and an estimate of
--   the reviewers' minutes: so many for each round, each comment on the code, and for each reviewer's
--   reading of a hundred changed lines (reviews in landed.toml). Design changes touch the paths that
--   are named there. Changes that programs opened, and repositories whose reviews are not known, are
--   left out. AI-heavy: at least half of the lines are AI's. People are numbered, not named.
-- inputs: change_fact, repository_scope
-- method: landed.compare.medians
-- ratio: reviewer_minutes / changes
-- quotient: minutes
-- by: kind
select
    change.repository,
    change.project,
    change.number,
    dense_rank() over (order by change.author nulls first) as person,
    change.author is not null as person_known,
    change.size_band,
    case when change.heavy then 'AI-heavy' else 'other' end as kind,
    1 as changes,
    case when change.reviewed then 1 else 0 end as reviewed,
    coalesce(change.rounds, 0) as rounds,
    coalesce(change.line_comments, 0) + coalesce(change.discussion_comments, 0) as comments,
    coalesce(change.reviewers, 0) as reviewers,
    coalesce(change.senior_reviewers, 0) as senior_reviewers,
    cast(coalesce(change.reviewer_minutes, 0) as double) as reviewer_minutes,
    case when change.design then 1 else 0 end as design,
    case when change.design and coalesce(change.senior_reviewers, 0) = 0 then 1 else 0 end
        as design_without_senior
from change_fact as change
inner join repository_scope as known on known.repository = change.repository
where
    known.has_reviews
    and change.state in ('merged', 'closed')
    and not change.automation
    and change.heavy is not null
order by change.repository, change.project, change.number
