-- Pairs of commits of which the later one repeats the earlier one's lines, by rebase.
select distinct later.commit_index as later, former.commit_index as former
from line_link
join line as later
    on later.repository = line_link.repository and later.line = line_link.line
join line as former
    on former.repository = line_link.repository and former.line = line_link.predecessor
where line_link.repository = $repository and line_link.rule = 'rebase'
