-- name: cost_per_line
-- title: What a line cost, by how far it got
-- category: cost
-- unit: micro-dollars a line
-- definition: Twice for each stage: direct, the dollars of the lines that got there over those lines;
--   fully loaded, all dollars of the same time (rejected and discarded lines, questions, planning,
--   shell edits and calls without a session too) over those lines.
-- inputs: journey_line, journey_turn
-- ratio: all_list / lines
with
spent as (
    select
        repository,
        sum(list_microdollars) as all_list,
        sum(cash_microdollars) as all_cash
    from journey_turn
    group by repository
),
stage as (
    select 1 as place, 'accepted' as stage, repository, list_microdollars, cash_microdollars
    from journey_line
    where bucket <> 'superseded' and accepted
    union all
    select 2, 'committed', repository, list_microdollars, cash_microdollars
    from journey_line
    where bucket <> 'superseded' and committed
    union all
    select 3, 'merged', repository, list_microdollars, cash_microdollars
    from journey_line
    where bucket <> 'superseded' and merged
    union all
    select 4, 'deployed', repository, list_microdollars, cash_microdollars
    from journey_line
    where bucket <> 'superseded' and deployed
    union all
    select 5, 'live', repository, list_microdollars, cash_microdollars
    from journey_line
    where bucket <> 'superseded' and live
)
select
    stage.repository,
    stage.stage,
    count(*) as lines,
    sum(stage.list_microdollars) as direct_list,
    sum(stage.cash_microdollars) as direct_cash,
    max(spent.all_list) as all_list,
    max(spent.all_cash) as all_cash,
    cast(sum(stage.list_microdollars) as double) / nullif(count(*), 0) as direct_per_line,
    cast(max(spent.all_list) as double) / nullif(count(*), 0) as loaded_per_line
from stage
inner join spent on spent.repository = stage.repository
group by stage.repository, stage.place, stage.stage
order by stage.repository, stage.place
