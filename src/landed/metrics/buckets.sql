-- name: buckets
-- title: Where generated lines and their dollars ended
-- category: productivity
-- unit: lines and micro-dollars
-- definition: Every generated line in the first bucket that holds (landed balance checks that they add
--   up), with the reason where the bucket has reasons, and the dollars that its line share bears.
-- inputs: journey_line
select
    repository,
    bucket,
    reason,
    sum(lines) as lines,
    sum(list_microdollars) as list_microdollars,
    sum(cash_microdollars) as cash_microdollars
from journey_line
where bucket <> 'superseded'
group by repository, bucket, reason
order by repository, bucket, reason nulls first
