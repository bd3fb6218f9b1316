-- What decides for lines that have a decision of their own.
select line, who, agent, grade from line_attribution where repository = $repository order by line
