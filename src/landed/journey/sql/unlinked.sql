-- The first lines of lineages that AI wrote by evidence of the ledger alone: no generated line is
-- linked to any line of them. Evidence that is only inferred decides nothing.
with
linked as (
    select distinct coalesce(lineage.root_line, generated.line) as root_line
    from generated_line as generated
    join edit on edit.repository = 'agents' and edit.edit = generated.edit
    left join lineage
        on lineage.repository = generated.repository and lineage.line = generated.line
    where generated.repository = $repository and generated.line is not null
        and edit.happened_at <= $until
)
select author.line
from line_author as author
left join linked on linked.root_line = author.line
where author.repository = $repository and author.line = author.root_line
    and author.who in ('ai', 'mixed') and author.grade <> 'inferred'
    and linked.root_line is null
order by author.line
