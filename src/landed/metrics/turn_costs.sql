-- name: turn_costs
-- title: What turns cost, by what they did
-- category: cost
-- unit: micro-dollars
-- definition: The cost of turns by kind: lines (their generated lines bear it), removal (only took
--   lines out), untraced_code (changed files through the shell only), non_code (questions, planning,
--   review, debugging: not waste), no_session (calls that belong to no turn). Calls without a list
--   price are counted apart and bear nothing. A turn that worked in several repositories counts in
--   each, its dollars where they belong.
-- inputs: journey_turn
select
    repository,
    kind,
    sum(turns) as turns,
    sum(calls) as calls,
    sum(unpriced_calls) as unpriced_calls,
    sum(input_tokens + cache_read_tokens + cache_write_tokens + output_tokens) as tokens,
    sum(list_microdollars) as list_microdollars,
    sum(cash_microdollars) as cash_microdollars
from journey_turn
group by repository, kind
order by repository, kind
