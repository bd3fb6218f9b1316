-- Every user name that forges tell of: (host, login, name, email, bot).
with
of_host as (
    select project, host from project where repository = 'forges'
),
seen as (
    select host, login, kind, name, email from account where repository = 'forges'
    union all
    select of_host.host, change.author, change.author_kind, null, null
    from change join of_host using (project) where change.repository = 'forges'
    union all
    select of_host.host, change.merged_by, 'unknown', null, null
    from change join of_host using (project) where change.repository = 'forges'
    union all
    select of_host.host, review.reviewer, review.reviewer_kind, null, null
    from review join of_host using (project) where review.repository = 'forges'
    union all
    select of_host.host, review_comment.author, review_comment.author_kind, null, null
    from review_comment join of_host using (project) where review_comment.repository = 'forges'
    union all
    select of_host.host, change_commit.author, 'unknown', null, null
    from change_commit join of_host using (project) where change_commit.repository = 'forges'
    union all
    select host, login, 'unknown', null, null from team_member where repository = 'forges'
    union all
    select host, login, 'unknown', null, null from account_email where repository = 'forges'
)
select
    host,
    login,
    min(name) as name,
    min(email) as email,
    bool_or(kind = 'bot' or login like '%[bot]') as bot
from seen
where login is not null
group by host, login
order by host, login
