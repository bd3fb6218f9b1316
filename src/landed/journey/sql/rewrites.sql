-- Commits whose lines were carried on by rebases and squashes, and by which commits.
select distinct
    line_link.rule, older.commit_index as former, younger.commit_index as later
from line_link
join line as older
    on older.repository = line_link.repository and older.line = line_link.predecessor
join line as younger
    on younger.repository = line_link.repository and younger.line = line_link.line
where line_link.repository = $repository and line_link.rank = 0
    and line_link.rule in ('rebase', 'squash')
