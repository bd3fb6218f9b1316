-- What changes with anything that landings are made from.
select
    (select bit_xor(hash(change.project, number, change.state, merge_commit, head_commit, head_ref,
            base_ref, fork, merged_at, commits))
        from change join project using (repository, project)
        where change.repository = 'forges' and project.belongs_to = $repository) as changes,
    (select bit_xor(hash(branch.project, number, "commit", ordinal, author_email, authored_at))
        from change_commit as branch join project using (repository, project)
        where branch.repository = 'forges' and project.belongs_to = $repository) as branches,
    (select bit_xor(hash(line, predecessor)) from line_link
        where repository = $repository and rule = 'rebase') as links,
    (select count(*) from "commit" where repository = $repository) as commits,
    (select max(head) from repository where repository = $repository) as head
