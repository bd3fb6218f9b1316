-- name: lines_by_release
-- title: Lines introduced by a release
-- category: productivity
-- unit: lines alive at the release
-- definition: For each pair of consecutive releases the lines alive at the newer one that were
--   introduced after the older one: neither they nor another line of their lineage is alive at
--   the older one. Releases stand in the order of the newest main-line commit they contain,
--   then of their date. Of the first release all lines count. Lines are counted as git blame
--   counts them; those of a release beside the main line by its differences from it.
-- inputs: carrier, landed_step, release_step, release_difference, entangled_line,
--   entangled_carrier, entangled_root, path
with
plain as (
    select carrier.repository, step.release_position as position, carrier.who, carrier.agent,
        carrier.grade, sum(carrier.lines) as lines
    from carrier
    join landed_step as step
        on step.repository = carrier.repository and step.step = carrier.entered
    join release_step as newer
        on newer.repository = step.repository and newer.position = step.release_position
    where carrier.plain and (carrier.departed is null or carrier.departed > newer.step)
    group by carrier.repository, step.release_position, carrier.who, carrier.agent, carrier.grade
),
-- alive at the newer release on the main line, and its stay began after the older release
arrived as (
    select standing.repository, step.release_position as position, standing.root_line,
        standing.line
    from entangled_carrier as standing
    join landed_step as step
        on step.repository = standing.repository and step.step = standing.stay_entered
    join release_step as newer
        on newer.repository = step.repository and newer.position = step.release_position
    where standing.entered <= newer.step
        and (standing.departed is null or standing.departed > newer.step)
),
placed as (
    select repository, line, min(root_line) as root_line, min(path_index) as path_index
    from entangled_line
    group by repository, line
),
difference as (
    select different.repository, different.position, different.line, placed.root_line,
        different.present
    from release_difference as different
    join placed
        on placed.repository = different.repository and placed.line = different.line
),
-- in the newer release only, where the older one did not hold the same line
beside as (
    select newer.repository, newer.position, newer.root_line, newer.line
    from difference as newer
    left join difference as older
        on older.repository = newer.repository
        and older.position = newer.position - 1
        and older.line = newer.line
        and older.present
    where newer.present and older.line is null
),
crowded as (
    select repository, root_line
    from placed
    group by repository, root_line
    having count(*) > 1
),
-- lineages that the older release lacked, though not the newer one too
missed as (
    select distinct older.repository, older.position + 1 as position, older.root_line
    from difference as older
    left join difference as newer
        on newer.repository = older.repository
        and newer.position = older.position + 1
        and newer.line = older.line
        and not newer.present
    left join crowded
        on crowded.repository = older.repository and crowded.root_line = older.root_line
    where not older.present and (newer.line is null or crowded.root_line is not null)
),
regained as (
    select missed.repository, missed.position, standing.root_line, standing.line
    from missed
    join release_step as newer
        on newer.repository = missed.repository and newer.position = missed.position
    join entangled_carrier as standing
        on standing.repository = missed.repository and standing.root_line = missed.root_line
    where standing.entered <= newer.step
        and (standing.departed is null or standing.departed > newer.step)
),
candidate as (
    select repository, position, root_line, line from arrived
    union
    select repository, position, root_line, line from beside
    union
    select repository, position, root_line, line from regained
),
-- lineages among the candidates that the older release holds already
held as (
    select candidate.repository, candidate.position, candidate.root_line
    from candidate
    join release_step as older
        on older.repository = candidate.repository and older.position = candidate.position - 1
    join entangled_carrier as standing
        on standing.repository = candidate.repository
        and standing.root_line = candidate.root_line
        and standing.entered <= older.step
        and (standing.departed is null or standing.departed > older.step)
    left join difference as lacking
        on lacking.repository = standing.repository
        and lacking.position = older.position
        and lacking.line = standing.line
        and not lacking.present
    where lacking.line is null
    union
    select candidate.repository, candidate.position, candidate.root_line
    from candidate
    join difference as older
        on older.repository = candidate.repository
        and older.position = candidate.position - 1
        and older.root_line = candidate.root_line
        and older.present
),
introduced as (
    select candidate.repository, candidate.position, candidate.root_line, candidate.line
    from candidate
    left join difference as lacking
        on lacking.repository = candidate.repository
        and lacking.position = candidate.position
        and lacking.line = candidate.line
        and not lacking.present
    left join held
        on held.repository = candidate.repository
        and held.position = candidate.position
        and held.root_line = candidate.root_line
    where lacking.line is null and held.root_line is null
),
united as (
    select repository, position, who, agent, grade, lines from plain
    union all
    select introduced.repository, introduced.position,
        case when root.grade = 'inferred' then 'unknown' else root.who end as who,
        case when root.grade = 'inferred' then null else root.agent end as agent,
        root.grade,
        count(*) as lines
    from introduced
    join placed
        on placed.repository = introduced.repository and placed.line = introduced.line
    join entangled_root as root
        on root.repository = introduced.repository and root.root_line = introduced.root_line
    join path
        on path.repository = placed.repository and path.path_index = placed.path_index
    group by introduced.repository, introduced.position, root.who, root.agent, root.grade
)
select
    repository,
    position,
    who,
    agent,
    grade,
    sum(lines) as lines
from united
group by repository, position, who, agent, grade
order by repository, position, lines desc, who, agent nulls first, grade
