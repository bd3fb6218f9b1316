-- What the server did by itself, or was told to do: each run of its scheduler.

create table job_run (
    repository varchar not null,
    run varchar not null,
    job varchar not null,
    subject varchar,
    started_at timestamp with time zone not null,
    finished_at timestamp with time zone,
    started_by varchar not null,
    outcome varchar not null,
    message varchar,
    counts varchar not null
);
