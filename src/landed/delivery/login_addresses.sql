-- Addresses that a forge itself gives to a user name: (host, login, email), those with most
-- commits first. Private addresses look like ID+LOGIN@users.noreply.HOST, or ID-LOGIN at GitLab.
with
written as (
    select lower(author_email) as email, count(*) as commits from "commit" group by 1
),
private as (
    select
        email,
        regexp_extract(email, '@users\.noreply\.(.+)$', 1) as host,
        regexp_extract(email, '^(?:[0-9]+[+-])?([^@+]+)@', 1) as login
    from (select distinct lower(email) as email from contact)
    where regexp_matches(email, '^(?:[0-9]+[+-])?[^@+]+@users\.noreply\..+$')
),
told as (
    select host, login, email, 0 as rank from account_email where repository = 'forges'
    union all
    select host, login, lower(email), 1 from account
    where repository = 'forges' and email is not null
    union all
    select host, login, email, 2 from private
)
select told.host, told.login, told.email, told.rank, coalesce(written.commits, 0) as commits
from told
left join written using (email)
order by told.host, told.login, told.rank, commits desc, told.email
