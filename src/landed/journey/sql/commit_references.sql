-- The commits that messages say they revert, or were picked from.
select commit_index, kind, target from commit_reference where repository = $repository
