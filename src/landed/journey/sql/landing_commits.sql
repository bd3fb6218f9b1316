-- The commits of the main line by which changes landed; of several changes of one commit, the one
-- that it merged comes first, before those that landed with it.
select landing.project, landing.number, landing.commit_index, landing.step
from change_landing as landing
left join change
    on change.repository = 'forges' and change.project = landing.project
    and change.number = landing.number
where landing.repository = $repository
order by
    case when change.merge_commit = landing."commit" then 0 else 1 end,
    landing.project, landing.number, landing.step
