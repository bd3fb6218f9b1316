-- name: incident_rate
-- title: Incidents and bugs of AI lines
-- category: quality
-- unit: for 1,000 lines landed
-- definition: Incidents (and, apart, bugs) for every 1,000 lines that landed, and for every 1,000 lines
--   that were in production for a day. Each counts by the share of its introducing lines: those that a
--   link names, that are the root cause, or that the fix took out (traced). Where only the time tells
--   which deployment was at fault, it is inferred and stands apart. AI's part is a range, without and
--   with evidence that is only declared; the rest belongs to the others. Incidents without any cause
--   are counted only.
-- inputs: incident_fact, change_fact, direct_fact, production_time, repository_scope
-- ratio: incidents_high / lines_landed
-- quotient: per thousand
-- by: counted
with
known as (
    select repository from repository_scope
    where has_incidents
),
kinds as (
    select 'incident' as kind, 'traced' as basis
    union all
    select 'incident' as kind, 'inferred' as basis
    union all
    select 'bug' as kind, 'traced' as basis
    union all
    select 'bug' as kind, 'inferred' as basis
),
sides as (
    select 'AI' as side
    union all
    select 'others' as side
),
weighed as (
    select
        repository,
        kind,
        case when rule = 'time' then 'inferred' else 'traced' end as basis,
        count(*) as number,
        sum(ai_low_share) as ai_low,
        sum(ai_high_share) as ai_high
    from incident_fact
    where rule <> 'none' and ai_high_share is not null
    group by repository, kind, case when rule = 'time' then 'inferred' else 'traced' end
),
landed as (
    select repository, lines, ai_high from change_fact
    where landed
    union all
    select repository, lines, ai_high from direct_fact
),
landed_lines as (
    select
        repository,
        sum(ai_high) as ai_lines,
        sum(lines - ai_high) as other_lines
    from landed
    group by repository
),
days as (
    select
        repository,
        sum(case when who in ('ai', 'mixed') then line_days else 0 end) as ai_days,
        sum(case when who in ('ai', 'mixed') then 0 else line_days end) as other_days
    from production_time
    group by repository
)
select
    known.repository,
    kinds.kind,
    kinds.basis,
    sides.side,
    kinds.kind || ', ' || kinds.basis || ', ' || sides.side as counted,
    cast(
        case
            when sides.side = 'AI' then coalesce(weighed.ai_low, 0)
            else coalesce(weighed.number - weighed.ai_high, 0)
        end as double
    ) as incidents_low,
    cast(
        case
            when sides.side = 'AI' then coalesce(weighed.ai_high, 0)
            else coalesce(weighed.number - weighed.ai_low, 0)
        end as double
    ) as incidents_high,
    coalesce(
        case when sides.side = 'AI' then landed_lines.ai_lines else landed_lines.other_lines end, 0
    ) as lines_landed,
    case when sides.side = 'AI' then days.ai_days else days.other_days end as line_days
from known
cross join kinds
cross join sides
left join weighed
    on
        weighed.repository = known.repository
        and weighed.kind = kinds.kind
        and weighed.basis = kinds.basis
left join landed_lines on landed_lines.repository = known.repository
left join days on days.repository = known.repository
order by known.repository, kinds.kind desc, kinds.basis desc, sides.side
