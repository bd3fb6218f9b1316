-- name: change_outcome
-- title: What became of each change
-- category: productivity
-- unit: changes
-- definition: One row for each pull or merge request: its lines and AI's part of them (a range, without
--   and with evidence that is only declared), what the agents' part cost, checks, reviews, deployment,
--   and its fate: open, closed, merged, in production, or failed (reverted, hotfixed, rolled back or
--   linked to an incident).
-- inputs: change_fact
select
    repository,
    project,
    number,
    title,
    state,
    draft,
    automation,
    agent,
    heavy,
    size_band,
    opened_second,
    merged_second,
    closed_second,
    deployed_second,
    additions,
    deletions,
    lines,
    ai_low,
    ai_high,
    green,
    reviewed,
    reviews,
    approvals,
    rounds,
    hotfix,
    revert,
    reverted,
    incidents,
    failed,
    live_lines,
    reworked_lines,
    list_microdollars,
    cash_microdollars,
    sessions,
    turns
from change_fact
order by repository, project, number
