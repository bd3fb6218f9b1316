-- The edges of the commit graph of one repository.
select commit_index, parent_index
from commit_parent
where repository = $repository
order by commit_index, ordinal
