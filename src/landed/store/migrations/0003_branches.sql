-- What the branches of clones on this machine end in.

create table branch_tip (
    repository varchar not null,
    place varchar not null,
    ref varchar not null,
    commit varchar not null,
    gone_at timestamp with time zone
);
