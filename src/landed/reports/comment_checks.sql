-- The latest run of every check on the head of a change: (state, checks).
-- $project, $commits.
with
latest as (
    select name, state from check_run
    where repository = 'forges' and project = $project
        and "commit" in (select unnest($commits::varchar[]))
    qualify row_number() over (
        partition by name order by updated_at desc, started_at desc nulls last, check_id desc
    ) = 1
)
select state, count(*) as checks from latest group by state order by state
