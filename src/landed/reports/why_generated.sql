-- The generated line that a line of the ledger carries, or one of those that it descends from; the
-- nearest one, of several the latest. $1 repository, $2 line ids, the line itself first.
with asked as (
    select
        unnest($2::integer[]) as line,
        generate_subscripts($2::integer[], 1) as distance
)
select generated.edit, generated.ordinal
from asked
join generated_line as generated
    on generated.repository = $1 and generated.line = asked.line
join edit on edit.repository = 'agents' and edit.edit = generated.edit
order by asked.distance, edit.happened_at desc, generated.edit, generated.ordinal
limit 1
