-- Forges: changes with their reviews and checks, deployments, incidents, and how they touch lines.

create table project (
    repository varchar not null,
    project varchar not null,
    forge varchar not null,
    host varchar not null,
    name varchar not null,
    default_branch varchar,
    address varchar,
    private boolean,
    archived boolean not null,
    state varchar not null,
    seen_at timestamp with time zone not null,
    belongs_to varchar,
    how varchar not null
);

create table change (
    repository varchar not null,
    project varchar not null,
    number bigint not null,
    title varchar not null,
    state varchar not null,
    draft boolean not null,
    author varchar,
    author_kind varchar not null,
    head_ref varchar not null,
    head_commit varchar,
    fork boolean not null,
    base_ref varchar not null,
    merge_commit varchar,
    opened_at timestamp with time zone not null,
    merged_at timestamp with time zone,
    closed_at timestamp with time zone,
    updated_at timestamp with time zone not null,
    merged_by varchar,
    additions integer,
    deletions integer,
    files integer,
    commits integer
);

create table change_commit (
    repository varchar not null,
    project varchar not null,
    number bigint not null,
    commit varchar not null,
    ordinal integer not null,
    author varchar,
    author_email varchar,
    authored_at timestamp with time zone
);

create table change_label (
    repository varchar not null,
    project varchar not null,
    number bigint not null,
    label varchar not null
);

create table change_signal (
    repository varchar not null,
    project varchar not null,
    number bigint not null,
    rule varchar not null,
    place varchar not null,
    who varchar not null,
    agent varchar,
    model varchar,
    grade varchar not null,
    session varchar
);

create table change_reference (
    repository varchar not null,
    project varchar not null,
    number bigint not null,
    kind varchar not null,
    target varchar not null
);

create table review (
    repository varchar not null,
    project varchar not null,
    review varchar not null,
    number bigint not null,
    reviewer varchar,
    reviewer_kind varchar not null,
    state varchar not null,
    submitted_at timestamp with time zone not null,
    commit varchar
);

create table review_comment (
    repository varchar not null,
    project varchar not null,
    comment varchar not null,
    number bigint not null,
    author varchar,
    author_kind varchar not null,
    place varchar not null,
    created_at timestamp with time zone not null
);

create table review_request (
    repository varchar not null,
    project varchar not null,
    number bigint not null,
    reviewer varchar not null,
    team boolean not null
);

create table check_run (
    repository varchar not null,
    project varchar not null,
    check_id varchar not null,
    commit varchar not null,
    name varchar not null,
    kind varchar not null,
    state varchar not null,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    updated_at timestamp with time zone not null
);

create table forge_release (
    repository varchar not null,
    project varchar not null,
    tag varchar not null,
    name varchar not null,
    prerelease boolean not null,
    published_at timestamp with time zone,
    author varchar
);

create table account (
    repository varchar not null,
    host varchar not null,
    login varchar not null,
    kind varchar not null,
    name varchar,
    email varchar
);

create table account_email (
    repository varchar not null,
    host varchar not null,
    login varchar not null,
    email varchar not null
);

create table team_member (
    repository varchar not null,
    host varchar not null,
    organisation varchar not null,
    team varchar not null,
    login varchar not null
);

create table webhook_delivery (
    repository varchar not null,
    host varchar not null,
    delivery varchar not null,
    event varchar not null,
    project varchar,
    received_at timestamp with time zone not null
);

create table connection (
    repository varchar not null,
    connection varchar not null,
    forge varchar not null,
    url varchar not null,
    organisations varchar not null,
    projects varchar not null,
    token varchar not null,
    created_at timestamp with time zone not null
);

create table deployment (
    repository varchar not null,
    project varchar not null,
    deployment varchar not null,
    environment varchar not null,
    production boolean,
    service varchar,
    commit varchar not null,
    ref varchar,
    state varchar not null,
    created_at timestamp with time zone not null,
    finished_at timestamp with time zone,
    updated_at timestamp with time zone not null,
    creator varchar,
    source varchar not null
);

create table deployment_change (
    repository varchar not null,
    project varchar not null,
    deployment varchar not null,
    number bigint not null
);

create table incident (
    repository varchar not null,
    project varchar not null,
    incident varchar not null,
    number bigint,
    kind varchar not null,
    title varchar not null,
    severity varchar,
    service varchar,
    environment varchar,
    started_at timestamp with time zone not null,
    resolved_at timestamp with time zone,
    updated_at timestamp with time zone not null,
    source varchar not null
);

create table incident_link (
    repository varchar not null,
    project varchar not null,
    incident varchar not null,
    kind varchar not null,
    target varchar not null,
    rule varchar not null
);

create table change_landing (
    repository varchar not null,
    project varchar not null,
    number bigint not null,
    commit varchar not null,
    commit_index integer not null,
    step integer not null,
    rule varchar not null,
    merged_at timestamp with time zone not null
);

create table deployed_commit (
    repository varchar not null,
    commit varchar not null,
    commit_index integer,
    base_index integer,
    on_mainline boolean not null,
    known boolean not null
);

create table deployed_line (
    repository varchar not null,
    commit varchar not null,
    line integer not null,
    present boolean not null
);
