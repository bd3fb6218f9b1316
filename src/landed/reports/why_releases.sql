-- The releases that hold a line, oldest first. $1 repository, $2 line id.
select release.tag
from release
join repository on repository.repository = release.repository
left join release_line
    on release_line.repository = release.repository
    and release_line.tag = release.tag
    and release_line.line = $2
where
    release.repository = $1
    and coalesce(
        release_line.present,
        exists (
            select 1 from line_interval
            where
                line_interval.repository = release.repository
                and line_interval.branch = repository.default_branch
                and line_interval.line = $2
                and line_interval.entered <= release.base_index
                and (line_interval."left" is null or line_interval."left" > release.base_index)
        )
    )
order by release.released_at, release.tag
