-- name: change_failure
-- title: Changes that failed
-- category: quality
-- unit: share of changes
-- definition: Merged changes that were reverted, hotfixed, rolled back or linked to an incident, of all
--   that were merged. Links of incidents by time alone do not count. One row for each repository,
--   author and size band: within these AI-heavy changes (at least half of the lines are AI's) are
--   compared with the others. Changes that programs opened are left out. People are numbered, not
--   named.
-- inputs: change_fact
-- method: landed.compare.matching
-- ratio: failed / changes
-- by: kind
with
merged as (
    select
        repository,
        dense_rank() over (order by author nulls first) as person,
        author is not null as person_known,
        size_band,
        case when heavy then 'AI-heavy' else 'other' end as kind,
        failed,
        reverted,
        incidents
    from change_fact
    where state = 'merged' and failed is not null and not automation and heavy is not null
)
select
    repository,
    person,
    person_known,
    size_band,
    kind,
    count(*) as changes,
    sum(case when failed then 1 else 0 end) as failed,
    sum(case when reverted then 1 else 0 end) as reverted,
    sum(case when coalesce(incidents, 0) > 0 then 1 else 0 end) as with_incident
from merged
group by repository, person, person_known, size_band, kind
order by repository, person, size_band, kind
