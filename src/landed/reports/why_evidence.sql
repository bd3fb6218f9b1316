-- Every statement about a line or its whole commit. $1 repository, $2 line id.
with
born as (
    select line.repository, line.line, line.commit_index, line.path_index, line.line_number
    from line
    where line.repository = $1 and line.line = $2
),
decision as (
    select coalesce(own.evidence, whole.evidence) as evidence, own.line is not null as own
    from born
    left join line_attribution as own
        on own.repository = born.repository and own.line = born.line
    left join commit_attribution as whole
        on whole.repository = born.repository and whole.commit_index = born.commit_index
)
select
    evidence.who,
    evidence.agent,
    evidence.model,
    evidence.grade,
    evidence.source,
    evidence.rule,
    evidence.session,
    case when evidence.path_index is null then 'commit' else 'line' end as about,
    "commit"."commit",
    coalesce(evidence.evidence = decision.evidence, false) as decided
from born
cross join decision
join evidence
    on evidence.repository = born.repository
    and evidence.commit_index = born.commit_index
    and (
        evidence.path_index is null
        or (
            evidence.path_index = born.path_index
            and born.line_number between evidence.first_line and evidence.last_line
        )
    )
join "commit"
    on "commit".repository = born.repository and "commit".commit_index = born.commit_index
order by evidence.evidence
