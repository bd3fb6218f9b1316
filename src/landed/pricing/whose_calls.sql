-- One number that changes when any call changes hands.
select sum(hash(hash(found.call, place.person))) as contents
from model_call as found
left join session_place as place
    on place.repository = found.repository
    and place.agent = found.agent
    and place.session = found.session
