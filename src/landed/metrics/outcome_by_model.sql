-- name: outcome_by_model
-- title: Whose lines survived
-- category: productivity
-- unit: share of lines
-- definition: Of the lines that a model of an agent generated, those that are on the default branch or
--   in production now. Lines that are still open (pending, unmerged), that cannot be followed, or that
--   went outside or to paths left out are not settled and count in neither. One row a session: its
--   lines share their fate, and intervals are drawn over sessions.
-- inputs: journey_line
-- ratio: surviving / settled
select
    repository,
    agent,
    model,
    session,
    sum(lines) as settled,
    sum(case when bucket in ('live', 'merged') then lines else 0 end) as surviving,
    sum(list_microdollars) as list_microdollars
from journey_line
where bucket not in ('superseded', 'pending', 'unmerged', 'untraced', 'outside', 'excluded')
group by repository, agent, model, session
order by repository, agent, model nulls first, session
