-- Every table of the vocabulary. What the columns mean is told once, in landed.records.
--
-- There are no primary keys: their indexes would outweigh the largest tables and slow every
-- batch. Writers keep keys unique, and landed.store.checks counts rows that break them.

create table repository (
    repository varchar not null,
    object_format varchar not null,
    default_branch varchar not null,
    head varchar not null,
    commits integer not null,
    mainline_length integer not null,
    shallow boolean not null,
    first_commit_at timestamp with time zone not null,
    last_commit_at timestamp with time zone not null
);

create table "commit" (
    repository varchar not null,
    commit_index integer not null,
    commit varchar not null,
    author_name varchar not null,
    author_email varchar not null,
    committer_name varchar not null,
    committer_email varchar not null,
    authored_at timestamp with time zone not null,
    committed_at timestamp with time zone not null,
    subject varchar not null,
    mainline_index integer,
    change_index integer,
    landed_at timestamp with time zone,
    lines_added integer not null,
    lines_removed integer not null
);

create table commit_parent (
    repository varchar not null,
    commit_index integer not null,
    ordinal smallint not null,
    parent_index integer not null
);

create table commit_reference (
    repository varchar not null,
    commit_index integer not null,
    kind varchar not null,
    target varchar not null
);

create table path (
    repository varchar not null,
    path_index integer not null,
    path varchar not null
);

create table renamed_path (
    repository varchar not null,
    path_index integer not null,
    renamed_to integer not null
);

create table excluded_path (
    repository varchar not null,
    path varchar not null,
    reason varchar not null,
    pattern varchar not null
);

create table release (
    repository varchar not null,
    tag varchar not null,
    commit_index integer not null,
    released_at timestamp with time zone not null,
    base_index integer,
    on_mainline boolean not null
);

create table contact (
    repository varchar not null,
    name varchar not null,
    email varchar not null,
    canonical_name varchar not null,
    canonical_email varchar not null
);

create table line (
    repository varchar not null,
    line integer not null,
    commit_index integer not null,
    path_index integer not null,
    line_number integer not null,
    text_hash ubigint not null,
    token_hash ubigint not null,
    trivial boolean not null,
    origin_line integer
);

create table removal (
    repository varchar not null,
    sequence integer not null,
    line integer not null,
    commit_index integer not null,
    path_index integer not null,
    line_number integer not null
);

create table line_interval (
    repository varchar not null,
    branch varchar not null,
    line integer not null,
    entered integer not null,
    "left" integer,
    left_by integer
);

create table release_line (
    repository varchar not null,
    tag varchar not null,
    line integer not null,
    present boolean not null
);

create table line_link (
    repository varchar not null,
    line integer not null,
    predecessor integer not null,
    rule varchar not null,
    rank smallint not null
);

create table lineage (
    repository varchar not null,
    line integer not null,
    root_line integer not null
);

create table evidence (
    repository varchar not null,
    evidence integer not null,
    commit_index integer not null,
    path_index integer,
    first_line integer,
    last_line integer,
    who varchar not null,
    agent varchar,
    model varchar,
    grade varchar not null,
    source varchar not null,
    rule varchar not null,
    session varchar
);

create table commit_attribution (
    repository varchar not null,
    commit_index integer not null,
    who varchar not null,
    agent varchar,
    model varchar,
    grade varchar not null,
    evidence integer
);

create table line_attribution (
    repository varchar not null,
    line integer not null,
    who varchar not null,
    agent varchar,
    model varchar,
    grade varchar not null,
    evidence integer
);

create table location (
    repository varchar not null,
    path varchar not null,
    name varchar not null,
    remote varchar
);

create table source_state (
    repository varchar not null,
    source varchar not null,
    state varchar not null,
    read_at timestamp with time zone not null
);

create table run (
    run varchar not null,
    repository varchar not null,
    started_at timestamp with time zone not null,
    finished_at timestamp with time zone not null,
    commits integer not null,
    lines bigint not null,
    mode varchar not null,
    detail varchar not null
);

create table problem (
    repository varchar not null,
    source varchar not null,
    kind varchar not null,
    subject varchar not null,
    count bigint not null,
    detail varchar not null
);

-- Who wrote a line: what decides for the first line of its lineage, else for that line's commit.
create view line_author as
with
first_line as (
    select lineage.repository, lineage.line, lineage.root_line, root.commit_index
    from lineage
    left join line as root
        on root.repository = lineage.repository and root.line = lineage.root_line
),
rooted as (
    select
        line.repository,
        line.line,
        case when first_line.line is null then line.line else first_line.root_line end
            as root_line,
        case when first_line.line is null then line.commit_index else first_line.commit_index end
            as root_commit
    from line
    left join first_line
        on first_line.repository = line.repository and first_line.line = line.line
)
select
    rooted.repository,
    rooted.line,
    rooted.root_line,
    case when own.line is not null then own.who else coalesce(whole.who, 'unknown') end as who,
    case when own.line is not null then own.agent else whole.agent end as agent,
    case when own.line is not null then own.model else whole.model end as model,
    case when own.line is not null then own.grade else coalesce(whole.grade, 'none') end as grade
from rooted
left join line_attribution as own
    on own.repository = rooted.repository and own.line = rooted.root_line
left join commit_attribution as whole
    on whole.repository = rooted.repository and whole.commit_index = rooted.root_commit;
