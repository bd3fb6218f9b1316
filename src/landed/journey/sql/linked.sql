-- The first lines of the lineages that any generated line is linked to.
select distinct coalesce(lineage.root_line, generated.line) as root_line
from generated_line as generated
join edit on edit.repository = 'agents' and edit.edit = generated.edit
left join lineage
    on lineage.repository = generated.repository and lineage.line = generated.line
where generated.repository = $repository and generated.line is not null
    and edit.happened_at <= $until
order by root_line
