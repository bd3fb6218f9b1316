-- name: ai_share
-- title: AI share of the lines alive
-- category: evidence
-- unit: share of lines alive
-- definition: Lines alive that AI wrote (also those a human changed before their commit), over all
--   lines alive. A range: without the lines for which only a commit message, trailer or author
--   says so (grade declared), and with them. Evidence that is only inferred never counts.
-- inputs: carrier
-- ratio: ai_with_declared / alive
select
    repository,
    sum(lines) as alive,
    sum(case when who in ('ai', 'mixed') and grade <> 'declared' then lines else 0 end)
        as ai_without_declared,
    sum(case when who in ('ai', 'mixed') then lines else 0 end) as ai_with_declared,
    cast(sum(case when who in ('ai', 'mixed') and grade <> 'declared' then lines else 0 end)
        as double) / nullif(sum(lines), 0) as share_without_declared,
    cast(sum(case when who in ('ai', 'mixed') then lines else 0 end) as double)
        / nullif(sum(lines), 0) as share_with_declared
from carrier
where departed is null
group by repository
order by repository
