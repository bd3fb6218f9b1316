-- name: lines_added
-- title: Lines added
-- category: productivity
-- unit: lines a month
-- definition: Lines born in the commits of a month (by committer date), on any branch that was
--   read, whether they landed or not, by who wrote them. A line that was only moved,
--   reformatted, cherry-picked or brought back is not born again.
-- inputs: stay, commit_fact, scope
select
    stay.repository,
    commit_fact.committed_month as month,
    stay.who,
    stay.agent,
    stay.grade,
    sum(stay.lines) as lines
from stay
join scope on scope.repository = stay.repository
join commit_fact
    on commit_fact.repository = stay.repository and commit_fact.commit_index = stay.commit_index
where stay.first_stay
    and commit_fact.committed_second >= scope.since_second
    and commit_fact.committed_second <= scope.until_second
group by stay.repository, commit_fact.committed_month, stay.who, stay.agent, stay.grade
order by stay.repository, month, stay.who, stay.agent nulls first, stay.grade
