-- Commits that revert: their message says so, or they bring back what another one had removed.
select distinct commit_index
from commit_reference
where repository = $repository and kind = 'reverts'
union
select distinct line.commit_index
from line_link
join line on line.repository = line_link.repository and line.line = line_link.line
where line_link.repository = $repository and line_link.rule = 'revert' and line_link.rank = 0
