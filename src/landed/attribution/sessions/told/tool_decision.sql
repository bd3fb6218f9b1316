found as (
    select bare_decision.agent, bare_decision.decision, bare_decision.session, event.turn,
        bare_decision.happened_at, bare_decision.tool, bare_decision.accepted,
        bare_decision.decided_by
    from bare_decision
    join event on event.kind = 'decision' and event.agent = bare_decision.agent
        and event.name = bare_decision.decision
)
