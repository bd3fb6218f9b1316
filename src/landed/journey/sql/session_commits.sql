-- The commits that sessions of one repository made, as their logs name them.
select made.agent, made.session, made.value, made.happened_at
from session_reference as made
join session_place as place
    on place.repository = 'agents' and place.agent = made.agent and place.session = made.session
where made.repository = 'agents' and made.kind = 'commit' and place.belongs_to = $repository
    and made.happened_at <= $until
