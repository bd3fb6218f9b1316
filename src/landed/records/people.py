"""Who is who: the one map of git authors, session users and machine users."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

import pyarrow as pa

from landed.records.schema import TIMESTAMP, table
from landed.records.sessions import AgentName, Partition

PersonId = Annotated[str, pa.string(), "person: canonical e-mail address, lower case"]


@table(name="person", key=("repository", "person"))
@dataclass(frozen=True)
class Person:
    """Somebody who commits, or runs agents."""

    repository: Partition
    person: PersonId
    name: Annotated[str, pa.string(), "name to show"]


@table(name="identity", key=("repository", "kind", "value"))
@dataclass(frozen=True)
class Identity:
    """A name under which a person appears, and how that is known."""

    repository: Partition
    kind: Annotated[str, pa.string(), "git-author, session-user, machine-user or forge-login"]
    value: Annotated[str, pa.string(), "e-mail address, account or login; HOST/LOGIN at a forge"]
    person: Annotated[str | None, pa.string(), "the person; null = unmatched"]
    how: Annotated[
        str,
        pa.string(),
        "mailmap, configuration, e-mail, git-configuration, forge, confirmed, suggested or "
        "unmatched",
    ]


@table(name="capture", key=("repository", "person", "agent", "belongs_to"))
@dataclass(frozen=True)
class Capture:
    """Whose use of which agent is seen, in which repository and since when."""

    repository: Partition
    person: PersonId
    agent: AgentName
    belongs_to: Annotated[str, pa.string(), "repository id, or `outside`"]
    first_at: Annotated[datetime, TIMESTAMP, "first event seen"]
    last_at: Annotated[datetime, TIMESTAMP, "last event seen"]
    complete_since: Annotated[
        date | None, pa.date32(), "declared: all AI tools of this person are captured from this day"
    ]
