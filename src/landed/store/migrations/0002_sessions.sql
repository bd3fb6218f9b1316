-- Agent sessions, prices, people, and what became of generated lines.

create table session (
    repository varchar not null,
    agent varchar not null,
    session varchar not null,
    started_at timestamp with time zone not null,
    ended_at timestamp with time zone not null,
    cwd varchar,
    branch varchar,
    commit varchar,
    remote varchar,
    user varchar,
    machine_user varchar not null,
    version varchar,
    parent varchar,
    sub_agent boolean not null
);

create table turn (
    repository varchar not null,
    agent varchar not null,
    turn varchar not null,
    session varchar not null,
    started_at timestamp with time zone not null,
    ended_at timestamp with time zone not null,
    branch varchar,
    interrupted boolean not null
);

create table model_call (
    repository varchar not null,
    call varchar not null,
    agent varchar not null,
    session varchar,
    turn varchar,
    happened_at timestamp with time zone not null,
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
    geography varchar,
    reported_cost bigint,
    sub_agent boolean not null
);

create table edit (
    repository varchar not null,
    edit ubigint not null,
    agent varchar not null,
    name varchar not null,
    session varchar not null,
    turn varchar,
    happened_at timestamp with time zone not null,
    path varchar not null,
    moved_to varchar,
    tool varchar not null,
    kind varchar not null,
    status varchar not null,
    decided_by varchar,
    changed_by_user boolean not null,
    lines_added integer not null,
    lines_removed integer not null,
    before_lines integer
);

create table edit_line (
    repository varchar not null,
    edit ubigint not null,
    added boolean not null,
    ordinal integer not null,
    change integer not null,
    line_number integer,
    text_hash ubigint not null,
    token_hash ubigint not null,
    trivial boolean not null
);

create table edit_before (
    repository varchar not null,
    edit ubigint not null,
    line_number integer not null,
    text_hash ubigint not null,
    trivial boolean not null
);

create table tool_decision (
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

create table activity (
    repository varchar not null,
    agent varchar not null,
    session varchar not null,
    turn varchar,
    actor varchar not null,
    started_at timestamp with time zone not null,
    ended_at timestamp with time zone not null
);

create table session_reference (
    repository varchar not null,
    agent varchar not null,
    session varchar not null,
    turn varchar,
    kind varchar not null,
    value varchar not null,
    happened_at timestamp with time zone not null
);

create table agent_log (
    repository varchar not null,
    agent varchar not null,
    path varchar not null,
    stamp varchar not null,
    state varchar not null,
    read_at timestamp with time zone not null
);

create table session_place (
    repository varchar not null,
    agent varchar not null,
    session varchar not null,
    belongs_to varchar,
    worktree varchar,
    name varchar not null,
    how varchar not null,
    person varchar,
    feature varchar,
    feature_rule varchar
);

create table edit_place (
    repository varchar not null,
    edit ubigint not null,
    belongs_to varchar,
    worktree varchar,
    path varchar,
    excluded boolean not null
);

create table generated_line (
    repository varchar not null,
    edit ubigint not null,
    ordinal integer not null,
    state varchar not null,
    removed_at timestamp with time zone,
    removed_by varchar,
    removed_by_edit ubigint,
    line integer,
    grade varchar,
    similarity double,
    uncommitted_in varchar
);

create table similar_line (
    repository varchar not null,
    edit ubigint not null,
    ordinal integer not null,
    commit varchar not null,
    path varchar not null,
    line_number integer not null,
    similarity double not null
);

create table head_movement (
    repository varchar not null,
    worktree varchar not null,
    ordinal integer not null,
    happened_at timestamp with time zone not null,
    previous varchar not null,
    commit varchar not null,
    action varchar not null
);

create table call_price (
    repository varchar not null,
    call varchar not null,
    vendor varchar not null,
    list_microdollars bigint,
    basis varchar not null,
    cash_microdollars bigint not null
);

create table seat (
    repository varchar not null,
    vendor varchar not null,
    holder varchar not null,
    plan varchar not null,
    monthly_microdollars bigint not null,
    since date not null,
    until date,
    source varchar not null
);

create table invoice_line (
    repository varchar not null,
    vendor varchar not null,
    invoice varchar not null,
    item integer not null,
    month varchar not null,
    kind varchar not null,
    description varchar not null,
    microdollars bigint not null,
    source varchar not null
);

create table cash_allocation (
    repository varchar not null,
    vendor varchar not null,
    month varchar not null,
    rule varchar not null,
    subject varchar not null,
    paid_microdollars bigint not null,
    allocated_microdollars bigint not null,
    unallocated_microdollars bigint not null
);

create table person (
    repository varchar not null,
    person varchar not null,
    name varchar not null
);

create table identity (
    repository varchar not null,
    kind varchar not null,
    value varchar not null,
    person varchar,
    how varchar not null
);

create table capture (
    repository varchar not null,
    person varchar not null,
    agent varchar not null,
    belongs_to varchar not null,
    first_at timestamp with time zone not null,
    last_at timestamp with time zone not null,
    complete_since date
);
