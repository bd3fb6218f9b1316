-- What stands in one folder of one repository: its files, and the folders in it with the sums of
-- theirs. A search looks at the paths of all files below the folder and lists files alone. A path
-- that is no UTF-8 stands in quotes, and belongs to the folder between them.
with
written as (
    select
        file.*,
        case when path like '"%' then substr(path, 2, length(path) - 2) else path end as place
    from file
    where repository = $own
),
inside as (
    select *, substr(place, length($folder) + 1) as rest
    from written
    where starts_with(place, $folder) and strpos(lower(path), lower($search)) > 0
),
entry as (
    select
        *,
        case when $search <> '' or strpos(rest, '/') = 0 then null else split_part(rest, '/', 1) end
            as folder
    from inside
)
select
    folder,
    case when folder is null then path end as path,
    case when folder is null and $search = '' then rest else coalesce(folder, path) end as name,
    count(*) as files,
    cast(sum(alive) as bigint) as alive,
    cast(sum(ai) as bigint) as ai,
    cast(sum(ai_declared) as bigint) as ai_declared,
    cast(sum(human) as bigint) as human,
    cast(sum(automation) as bigint) as automation,
    cast(sum(landed) as bigint) as landed,
    cast(sum(reworked) as bigint) as reworked,
    cast(sum(ai) as double) / nullif(sum(alive), 0) as ai_share,
    cast(sum(reworked) as double) / nullif(sum(landed), 0) as rework_share
from entry
group by folder, case when folder is null then path end,
    case when folder is null and $search = '' then rest else coalesce(folder, path) end
