-- name: funnel_by
-- title: From generated to live, by agent, model, team and month
-- category: productivity
-- unit: lines and micro-dollars
-- definition: The funnel of the lines of each agent, each model, each team (of whoever ran the session;
--   those in no team that is known stand together) and each month (UTC) in which lines were generated.
--   The groups of one kind add up to all lines; groups of different kinds overlap.
-- inputs: journey_line, person_team
-- ratio: live / generated
-- by: group_name
with
kinds as (
    select 1 as place, 'agent' as kind
    union all
    select 2 as place, 'model' as kind
    union all
    select 3 as place, 'team' as kind
    union all
    select 4 as place, 'month' as kind
),
grouped as (
    select
        line.repository,
        kinds.place,
        kinds.kind,
        case kinds.kind
            when 'agent' then line.agent
            when 'model' then coalesce(line.model, 'untold model')
            when 'team' then coalesce(person_team.team, 'no team')
            else line.generated_month
        end as member,
        line.person,
        line.accepted,
        line.committed,
        line.reviewed,
        line.green,
        line.merged,
        line.deployed,
        line.live,
        line.lines,
        line.list_microdollars,
        line.cash_microdollars
    from journey_line as line
    cross join kinds
    left join person_team on person_team.person = line.person
    where line.bucket <> 'superseded'
)
select
    repository,
    kind,
    member,
    kind || ' ' || member as group_name,
    count(distinct person) as people,
    sum(lines) as generated,
    sum(case when accepted then lines else 0 end) as accepted,
    sum(case when committed then lines else 0 end) as committed,
    sum(cast(reviewed as integer) * lines) as reviewed,
    sum(cast(green as integer) * lines) as green,
    sum(case when merged then lines else 0 end) as merged,
    sum(cast(deployed as integer) * lines) as deployed,
    sum(cast(live as integer) * lines) as live,
    sum(list_microdollars) as generated_list,
    sum(case when merged then list_microdollars else 0 end) as merged_list,
    sum(cast(deployed as integer) * list_microdollars) as deployed_list,
    sum(cast(live as integer) * list_microdollars) as live_list,
    sum(cash_microdollars) as generated_cash
from grouped
where member is not null
group by repository, place, kind, member
order by repository, place, member
