-- Who owns which paths, as the CODEOWNERS file at the main line's tip says.

create table code_owner (
    repository varchar not null,
    ordinal integer not null,
    place varchar not null,
    dialect varchar not null,
    section varchar,
    optional boolean not null,
    pattern varchar not null,
    excluded boolean not null,
    owners varchar not null,
    team varchar
);
