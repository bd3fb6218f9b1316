"""What settings say of commits: how old they are, and that their author uses no AI."""

from __future__ import annotations

from datetime import UTC, datetime, time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.attribution.contacts import Contact
from landed.attribution.evidence import whole_commits
from landed.attribution.matching import Statement
from landed.config import Settings

_DATED = Statement("human", None, None, "dated", "date", "no_ai_before", None)
_WITHOUT_AI = Statement("human", None, None, "declared", "configuration", "people", None)


def configured_evidence(
    commits: pa.Table, contacts: dict[Contact, Contact], settings: Settings
) -> list[pa.Table]:
    """Return the evidence that follows from settings for rows of the table `commit`.

    `contacts` maps a recorded name and address to those of .mailmap.
    """
    return [
        whole_commits(born_before(commits, settings), _DATED),
        whole_commits(_of_people_without_ai(commits, contacts, settings), _WITHOUT_AI),
    ]


def born_before(commits: pa.Table, settings: Settings) -> pa.Array:
    """Return the commit indexes of commits made before there were agents (UTC).

    Both dates have to lie before that day. The author date alone survives an amend or a rebase
    that came later and may have brought in other text; the committer date alone says nothing where
    a clock ran behind.
    """
    day = datetime.combine(settings.no_ai_before, time(), UTC)
    written = pc.less(commits["authored_at"], pa.scalar(day, commits["authored_at"].type))
    made = pc.less(commits["committed_at"], pa.scalar(day, commits["committed_at"].type))
    return commits["commit_index"].filter(pc.and_(written, made)).combine_chunks()


def _of_people_without_ai(
    commits: pa.Table, contacts: dict[Contact, Contact], settings: Settings
) -> pa.Array:
    without = {
        email.lower() for person in settings.people if not person.uses_ai for email in person.emails
    }
    theirs = {
        contact
        for contact, (_, canonical) in contacts.items()
        if contact[1].lower() in without or canonical in without
    }
    if not theirs:
        return pa.array([], pa.int32())
    authors = zip(
        commits["author_name"].to_pylist(), commits["author_email"].to_pylist(), strict=True
    )
    chosen = np.fromiter((author in theirs for author in authors), bool, commits.num_rows)
    return commits["commit_index"].filter(pa.array(chosen)).combine_chunks()
