"""What went wrong while a forge was read: told to people, and kept until it works again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pyarrow as pa

from landed.delivery.rows import plain_rows
from landed.errors import (
    ConfigurationError,
    ForgeUnreachable,
    LandedError,
    ProjectGone,
    RateLimited,
    TokenRefused,
)
from landed.records import FORGES
from landed.store import Store

_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (TokenRefused, "token-refused"),
    (ForgeUnreachable, "unreachable"),
    (ProjectGone, "gone"),
    (RateLimited, "rate-limited"),
    (ConfigurationError, "not-configured"),
)
BROKEN_READER = "broken-reader"
KINDS = (*(kind for _, kind in _KINDS), "failed", BROKEN_READER)
"""Every kind of trouble, as the table `problem` names it."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something of a forge could not be read.

    Attributes:
        forge: github or gitlab.
        connection: name of the connection.
        project: key of the project; None where it concerns the whole connection.
        name: what people call the project or connection.
        kind: one of `KINDS`.
        message: one sentence that says what to do.
    """

    forge: str
    connection: str
    project: str | None
    name: str
    kind: str
    message: str

    @property
    def subject(self) -> str:
        """What the table `problem` calls it."""
        return self.project or self.connection


def kind_and_message(error: Exception) -> tuple[str, str]:
    """What an error is called in the table `problem`, and what to tell people."""
    for family, kind in _KINDS:
        if isinstance(error, family):
            return kind, _storable(error)
    if isinstance(error, LandedError):
        return "failed", _storable(error)
    # its text may hold anything that the forge or the request held
    return BROKEN_READER, f"the reader failed ({type(error).__name__}): please report it"


def _storable(error: Exception) -> str:
    """What an error says; forges are quoted in it, who may say what is no text."""
    return str(error).encode("utf-8", "replace").decode()


def write_troubles(
    store: Store, troubles: Iterable[Trouble], over: Collection[tuple[str, str]]
) -> None:
    """Keep what went wrong as problems; what was read well, `over` (forge and subject), is well."""
    now = {(trouble.forge, trouble.subject): trouble for trouble in troubles}
    subjects = [*dict.fromkeys([*now, *over])]
    if not subjects:
        return
    every = [(forge, kind, subject) for forge, subject in subjects for kind in KINDS]
    within = pa.table(
        {
            "source": [key[0] for key in every],
            "kind": [key[1] for key in every],
            "subject": [key[2] for key in every],
        }
    )
    rows = [
        {
            "source": trouble.forge,
            "kind": trouble.kind,
            "subject": trouble.subject,
            "count": 1,
            "detail": f"{trouble.name}: {trouble.message}",
        }
        for trouble in now.values()
    ]
    store.replace_within("problem", plain_rows("problem", rows), FORGES, within)
