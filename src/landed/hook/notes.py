"""The notes of this repository: read, and written only where nothing of others is lost."""

from __future__ import annotations

from enum import Enum

from landed.hook.place import Place
from landed.sources.git_ai_writing import AuthorshipNote, parted, read_note, write_note

NOTES_REF = "refs/notes/ai"
_NO_NOTE = 1
_LARGEST = 16 << 20


class Standing(Enum):
    """What stands at a commit."""

    NOTHING = "nothing"
    OURS = "ours"
    OTHERS = "others"


def note_of(place: Place, commit: str) -> tuple[Standing, AuthorshipNote | None, bytes]:
    """Return what stands at a commit, the note if it is understood, and its text.

    Where git was told to copy notes itself (`notes.rewriteRef`), a note may be that of another
    commit, as its base tells, or several joined. Of several of ours the commit's own counts.
    """
    text = place.git("notes", f"--ref={NOTES_REF}", "show", commit, accept=(0, _NO_NOTE))
    if not text:
        return Standing.NOTHING, None, text
    if len(text) > _LARGEST:
        return Standing.OTHERS, None, text
    notes = [read_note(part) for part in parted(text)]
    ours = [note for note in notes if note is not None and note.ours]
    if len(ours) < len(notes):
        return Standing.OTHERS, notes[0] if len(notes) == 1 else None, text
    return Standing.OURS, next((one for one in ours if one.base == commit), ours[-1]), text


def keep_note(place: Place, commit: str, note: AuthorshipNote, standing: Standing) -> None:
    """Write a note at a commit where there was none, or ours.

    Raises GitFailed, and changes nothing, where somebody else wrote one in the meantime.
    """
    force = ["--force"] if standing is Standing.OURS else []
    place.git(
        "notes",
        f"--ref={NOTES_REF}",
        "add",
        *force,
        "--file=-",
        commit,
        given=write_note(note),
    )


def drop_note(place: Place, commit: str) -> None:
    """Remove a note of ours that says nothing any more."""
    place.git("notes", f"--ref={NOTES_REF}", "remove", commit)
