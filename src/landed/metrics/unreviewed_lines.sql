-- name: unreviewed_lines
-- title: Unreviewed lines in production
-- category: maintainability
-- unit: share of lines in production
-- definition: Lines in production that came with a change which nobody reviewed, or with no change at
--   all, of all lines there, by who wrote them. Repositories whose reviews, or whose deployments, are
--   not known are left out.
-- inputs: production_time, repository_scope
-- ratio: unreviewed_lines / lines
-- by: who
select
    shipped.repository,
    shipped.who,
    shipped.agent,
    shipped.grade,
    sum(shipped.lines) as lines,
    sum(shipped.unreviewed_lines) as unreviewed_lines
from production_time as shipped
inner join repository_scope as known on known.repository = shipped.repository
where known.has_reviews and shipped.unreviewed_lines is not null
group by shipped.repository, shipped.who, shipped.agent, shipped.grade
order by shipped.repository, shipped.who, shipped.agent nulls first, shipped.grade
