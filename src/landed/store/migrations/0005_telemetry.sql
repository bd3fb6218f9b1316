-- Live telemetry: what was told, so that an agent's own log can take its place at any time.

create table telemetry_session (
    repository varchar not null,
    agent varchar not null,
    session varchar not null,
    started_at timestamp with time zone not null,
    ended_at timestamp with time zone not null,
    "user" varchar,
    version varchar
);

create table telemetry_turn (
    repository varchar not null,
    agent varchar not null,
    turn varchar not null,
    session varchar not null,
    started_at timestamp with time zone not null,
    ended_at timestamp with time zone not null
);

create table telemetry_call (
    repository varchar not null,
    item varchar not null,
    agent varchar not null,
    session varchar,
    turn varchar,
    happened_at timestamp with time zone not null,
    request varchar,
    model varchar,
    provider varchar,
    input_tokens bigint not null,
    cache_read_tokens bigint not null,
    cache_write_5m_tokens bigint not null,
    cache_write_1h_tokens bigint not null,
    output_tokens bigint not null,
    reasoning_tokens bigint not null,
    web_searches bigint not null,
    tier varchar,
    speed varchar,
    reported_cost bigint,
    sub_agent boolean not null
);

create table telemetry_decision (
    repository varchar not null,
    agent varchar not null,
    decision varchar not null,
    session varchar not null,
    turn varchar,
    happened_at timestamp with time zone not null,
    tool varchar not null,
    accepted boolean not null,
    decided_by varchar
);

create table telemetry_edit (
    repository varchar not null,
    agent varchar not null,
    edit varchar not null,
    session varchar not null,
    turn varchar,
    happened_at timestamp with time zone not null,
    tool varchar not null,
    applied boolean not null,
    lines_added bigint,
    lines_removed bigint
);

create table telemetry_sum (
    repository varchar not null,
    series varchar not null,
    started_at timestamp with time zone not null,
    told_at timestamp with time zone not null,
    agent varchar not null,
    session varchar,
    family varchar not null,
    model varchar,
    counts varchar not null,
    delta boolean not null,
    value double not null
);

create table telemetry_count (
    repository varchar not null,
    item varchar not null,
    service varchar not null,
    signal varchar not null,
    name varchar not null,
    day date not null,
    count bigint not null,
    known boolean not null
);

create table telemetry_check (
    repository varchar not null,
    agent varchar not null,
    session varchar not null,
    counts varchar not null,
    by_sums bigint not null,
    by_calls bigint not null
);

create table told_team (
    repository varchar not null,
    "user" varchar not null,
    team varchar not null,
    told_at timestamp with time zone not null
);
