"""Who a name and e-mail address are by the repository's .mailmap, as git reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa

from landed.errors import GitError
from landed.sources.git.scratch import Scratch

MAILMAP = ".mailmap"

Contact = tuple[str, str]
_CONTACT = re.compile(r"(?:(.*?) )?<(.*)>\Z", re.DOTALL)
_UNSPEAKABLE = re.compile(r"[\n\r\0<>]")


def find_file(scratch: Scratch, tip: str, path: str) -> str | None:
    """Return the blob id of a regular file at a commit; None where there is none.

    Raises:
        GitError: the commit's tree cannot be read.
    """
    for row in scratch.run("ls-tree", "-z", tip, "--", path).split(b"\0")[:-1]:
        mode, kind, blob = row.partition(b"\t")[0].split(b" ")
        if kind == b"blob" and mode != b"120000":
            return blob.decode()
    return None


def canonical_contacts(
    scratch: Scratch, mailmap: str | None, contacts: Sequence[Contact]
) -> tuple[list[Contact], str | None]:
    """Return who each contact is by the .mailmap in blob `mailmap`, and what went wrong.

    Without a .mailmap, or where git cannot use it, everybody is who they say they are. Addresses
    come in lower case.
    """
    plain = [(name, email.lower()) for name, email in contacts]
    if mailmap is None or not contacts:
        return plain, None
    asked = "".join(
        f"{_UNSPEAKABLE.sub('', name)} <{_UNSPEAKABLE.sub('', email)}>\n"
        for name, email in contacts
    )
    try:
        told = scratch.run(
            "-c",
            f"mailmap.blob={mailmap}",
            "check-mailmap",
            "--stdin",
            stdin=asked.encode("utf-8", "surrogateescape"),
        )
    except GitError as error:
        return plain, str(error)
    rows = told.decode("utf-8", "surrogateescape").split("\n")[:-1]
    if len(rows) != len(contacts):
        return plain, "git answered for another number of people than it was asked about"
    return [_parsed(row, own) for row, own in zip(rows, plain, strict=True)], None


def _parsed(row: str, own: Contact) -> Contact:
    match = _CONTACT.match(row)
    return (match.group(1) or "", match.group(2).lower()) if match else own


def contact_rows(contacts: Sequence[Contact], canonical: Sequence[Contact]) -> pa.Table:
    """Return the rows of the table `contact`."""
    return pa.table(
        {
            "name": pa.array([name for name, _ in contacts], pa.string()),
            "email": pa.array([email for _, email in contacts], pa.string()),
            "canonical_name": pa.array([name for name, _ in canonical], pa.string()),
            "canonical_email": pa.array([email for _, email in canonical], pa.string()),
        }
    )
