-- What changes say of the commits that they brought. $repository; $matched, how identities count;
-- $bots, user names that are programs.
--
-- A commit that several changes have on their branches belongs to the one that made it (a squash
-- or a rebase does), else to the one with the fewest commits: a change that promotes the work of
-- many others says nothing of it. Commits by which the change below it in a stack landed are not its
-- own, though it landed with them.
with
own as (
    select project, forge, host from project
    where repository = 'forges' and belongs_to = $repository
),
sized as (
    select
        own.project, own.forge, own.host, change.number, change.author, change.merge_commit,
        change.author_kind = 'bot' or change.author in (select unnest($bots::varchar[])) as by_bot,
        coalesce(listed.commits, change.commits, 0) as commits
    from change
    join own using (project)
    left join (
        select project, number, count(*) as commits
        from change_commit where repository = 'forges' group by project, number
    ) as listed using (project, number)
    where change.repository = 'forges'
),
ledger as (
    select
        "commit".commit_index, "commit"."commit", lower("commit".author_email) as email,
        merges.commit_index is not null as merges
    from "commit"
    left join (
        select distinct commit_index from commit_parent
        where repository = $repository and ordinal > 0
    ) as merges using (commit_index)
    where "commit".repository = $repository
),
on_branch as (
    select change_commit.project, change_commit.number, change_commit."commit",
        change_commit.author as login, lower(change_commit.author_email) as email
    from change_commit join own using (project)
    where change_commit.repository = 'forges'
),
landed as (
    select project, number, "commit", rule from change_landing
    where repository = $repository and rule <> 'merge'
),
-- changes that went to another change's branch and landed only with that one
carried as (
    select distinct upper_change.project, upper_change.number
    from change as upper_change
    join change as lower_change
        on lower_change.repository = 'forges' and lower_change.project = upper_change.project
        and lower_change.number <> upper_change.number
        and lower_change.head_ref = upper_change.base_ref
    join landed as upper_landed
        on upper_landed.project = upper_change.project
        and upper_landed.number = upper_change.number
    join landed as lower_landed
        on lower_landed.project = lower_change.project
        and lower_landed.number = lower_change.number
        and lower_landed."commit" = upper_landed."commit"
    where upper_change.repository = 'forges'
        and not exists (
            select 1 from landed as own
            where own.project = upper_change.project and own.number = upper_change.number
                and own."commit" in (upper_change.merge_commit, upper_change.head_commit)
        )
),
claim as (
    select project, number, "commit", login, 'branch' as how, 1 as distance from on_branch
    union all
    select landed.project, landed.number, landed."commit", null, landed.rule, 0
    from landed
    anti join carried on carried.project = landed.project and carried.number = landed.number
    union all
    select project, number, merge_commit, null, 'squash', 0 from sized
    where merge_commit is not null
),
-- one row for each change and commit: on the branch (1), else as it landed or was merged (0)
claimed as (
    select claim.*, sized.* exclude (project, number), ledger.commit_index, ledger.email,
        ledger.merges
    from claim
    join sized using (project, number)
    join ledger using ("commit")
    qualify row_number() over (
        partition by project, number, commit_index
        order by distance desc, case how when 'squash' then 1 else 0 end, how
    ) = 1
),
chosen as (
    select * from claimed
    qualify row_number() over (
        partition by commit_index order by distance, commits, project, number
    ) = 1
),
login_of_address as (
    select host, email, min(login) as login from account_email
    where repository = 'forges'
    group by host, email having count(distinct login) = 1
),
person_of_login as (
    select value, person from identity
    where kind = 'forge-login' and person is not null
        and how in (select unnest($matched::varchar[]))
),
person_of_address as (
    select value, person from identity
    where kind = 'git-author' and person is not null
        and how in (select unnest($matched::varchar[]))
),
-- who wrote the commits on branches and in the ledger, as far as forge and map of people know
written as (
    select project, number, "commit", login, email from on_branch
    union
    select project, number, "commit", null, email from chosen where how <> 'branch'
),
named as (
    select
        written.project, written.number, written."commit", sized.author, sized.by_bot,
        coalesce(
            written.login,
            login_of_address.login,
            case
                when ends_with(written.email, '@users.noreply.' || sized.host)
                then nullif(regexp_extract(written.email, '^(?:[0-9]+[+-])?([^@+]+)@', 1), '')
            end
        ) as login,
        sized.host, written.email
    from written
    join sized using (project, number)
    left join login_of_address
        on login_of_address.host = sized.host and login_of_address.email = written.email
),
judged as (
    select
        named.project, named.number, named."commit",
        case
            when named.author is null then 'untold'
            when named.login = named.author then 'same'
            when writer.person = opener.person then 'same'
            when named.login is not null then 'other'
            when writer.person <> opener.person then 'other'
            when named.by_bot and writer.person in (
                select person from person_of_login
            ) then 'other'
            when named.by_bot then 'perhaps'
            else 'untold'
        end as whose
    from named
    left join person_of_login as opener on opener.value = named.host || '/' || named.author
    left join person_of_login as known on known.value = named.host || '/' || named.login
    left join person_of_address as address on address.value = named.email
    cross join lateral (select coalesce(known.person, address.person) as person) as writer
),
-- a squash holds the work of all on its branch: where all of that is others' it says nothing
all_others as (
    select judged.project, judged.number
    from judged join on_branch using (project, number, "commit")
    group by 1, 2 having bool_and(judged.whose = 'other')
),
programs as (
    select distinct commit_index from evidence
    where repository = $repository and source = 'author' and who = 'automation'
)
select
    chosen.commit_index,
    signal.who,
    signal.agent,
    signal.model,
    case
        when chosen.how in ('squash', 'subject') and chosen.commits <> 1 then 'inferred'
        when chosen.how not in ('squash', 'subject') and judged.whose = 'perhaps' then 'inferred'
        else signal.grade
    end as grade,
    (case chosen.forge when 'gitlab' then 'merge request ' else 'pull request ' end)
        || chosen.number || ': ' || signal.rule as rule,
    signal.session
from chosen
join change_signal as signal
    on signal.repository = 'forges' and signal.project = chosen.project
    and signal.number = chosen.number
left join judged
    on judged.project = chosen.project and judged.number = chosen.number
    and judged."commit" = chosen."commit"
left join all_others
    on all_others.project = chosen.project and all_others.number = chosen.number
left join programs on programs.commit_index = chosen.commit_index
where not chosen.merges
    and signal.who in ('ai', 'human', 'automation')
    and case
        when chosen.how in ('squash', 'subject') then all_others.number is null
        else judged.whose is distinct from 'other'
    end
    and (programs.commit_index is null or signal.who = 'automation')
order by chosen.commit_index, signal.place, signal.rule
