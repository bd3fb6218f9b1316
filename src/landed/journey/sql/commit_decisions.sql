-- What decides for the other lines of each commit.
select commit_index, who, agent, grade from commit_attribution where repository = $repository
