-- The lines that their own turn had replaced.
select count(*) as lines
from generated_line as line
join edit on edit.repository = 'agents' and edit.edit = line.edit
where line.state = 'superseded' and edit.happened_at <= $until
    and (line.removed_at is null or line.removed_at <= $until)
    and ($everything or list_contains($repositories, line.repository))
