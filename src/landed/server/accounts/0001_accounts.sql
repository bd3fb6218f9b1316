-- Moments are whole seconds since 1970, UTC.

create table account (
    name text primary key,
    role text not null check (role in ('viewer', 'admin')),
    may_read_code integer not null default 0 check (may_read_code in (0, 1)),
    password text not null,
    must_change integer not null default 0 check (must_change in (0, 1)),
    disabled integer not null default 0 check (disabled in (0, 1)),
    created_at integer not null
) strict;

-- Whose figures an account may see whatever the size of the group: an address is one account's.
create table address (
    email text primary key,
    account text not null references account (name) on delete cascade
) strict;

create table browser_session (
    hash blob primary key,
    number integer not null unique,
    account text not null references account (name) on delete cascade,
    client text not null,
    started_at integer not null,
    seen_at integer not null,
    expires_at integer not null
) strict;

create table token (
    id text primary key,
    hash blob not null unique,
    name text not null,
    owner text not null,
    scopes text not null,
    created_at integer not null,
    expires_at integer,
    used_at integer,
    revoked_at integer
) strict;

create table attempt (
    subject text primary key,
    failures integer not null,
    last_at integer not null
) strict;

-- A set of persons that figures were about, kept once however often it was looked at.
create table shown_group (
    id integer primary key,
    digest blob not null unique,
    size integer not null
) strict;

create table shown_person (
    person text not null,
    shown_group integer not null references shown_group (id) on delete cascade,
    primary key (person, shown_group)
) strict, without rowid;

-- Without a group the figures were about everybody.
create table access (
    id integer primary key,
    at integer not null,
    who text not null,
    page text not null,
    figure text,
    filters text not null,
    shown_group integer references shown_group (id)
) strict;

create index access_by_time on access (at);

create index access_by_group on access (shown_group, at);

create table act (
    id integer primary key,
    at integer not null,
    who text not null,
    what text not null,
    about text not null,
    details text not null
) strict;
