-- name: cost_per_line
-- title: What a line cost, by how far it got
-- category: cost
-- unit: micro-dollars a line
-- definition: Twice for each stage: direct, the dollars of the lines that got there over those lines;
--   fully loaded, all dollars of the same time (rejected and discarded lines, questions, planning,
--   shell edits and calls without a session too) over those lines. Without any call of a known price
--   there are no dollars. Deployed and live leave out repositories of which nothing says what is in
--   production.
-- inputs: journey_line, repository_spend
-- ratio: all_list / lines
-- quotient: dollars
-- by: stage
with
stages as (
    select 1 as place, 'accepted' as stage
    union all
    select 2 as place, 'committed' as stage
    union all
    select 3 as place, 'merged' as stage
    union all
    select 4 as place, 'deployed' as stage
    union all
    select 5 as place, 'live' as stage
),
reached as (
    select
        line.repository,
        stages.stage,
        line.lines,
        line.list_microdollars,
        line.cash_microdollars,
        case stages.stage
            when 'accepted' then cast(line.accepted as integer)
            when 'committed' then cast(line.committed as integer)
            when 'merged' then cast(line.merged as integer)
            when 'deployed' then cast(line.deployed as integer)
            when 'live' then cast(line.live as integer)
        end as there
    from journey_line as line
    cross join stages
    where line.bucket <> 'superseded'
),
counted as (
    select
        repository,
        stage,
        sum(there * lines) as lines,
        sum(there * list_microdollars) as direct_list,
        sum(there * cash_microdollars) as direct_cash
    from reached
    group by repository, stage
)
select
    spent.repository,
    stages.stage,
    coalesce(counted.lines, 0) as lines,
    case when spent.all_list is not null then coalesce(counted.direct_list, 0) end as direct_list,
    coalesce(counted.direct_cash, 0) as direct_cash,
    spent.all_list,
    coalesce(spent.all_cash, 0) as all_cash,
    case
        when spent.all_list is not null
            then cast(counted.direct_list as double) / nullif(counted.lines, 0)
    end as direct_per_line,
    cast(spent.all_list as double) / nullif(counted.lines, 0) as loaded_per_line
from repository_spend as spent
cross join stages
left join counted
    on counted.repository = spent.repository and counted.stage = stages.stage
where counted.repository is null or counted.lines is not null
order by spent.repository, stages.place
