found as (
    select told.agent, told.session, told.started_at, told.ended_at,
        null::varchar as cwd, null::varchar as branch, null::varchar as "commit",
        null::varchar as remote, told."user", '' as machine_user, told.version,
        null::varchar as parent, false as sub_agent
    from telemetry_session as told
    semi join wanted using (agent, session)
)
