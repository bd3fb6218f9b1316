"""How the hook is doing: how many notes there are, whether pushes take them along, what failed."""

from __future__ import annotations

from dataclasses import dataclass

from landed.hook.notes import NOTES_REF
from landed.hook.place import Place
from landed.hook.work import LOG

_LAST = 3


@dataclass(frozen=True)
class NotesState:
    """`pushed_with` are the remotes whose configured pushes include the notes.

    `complaints` are the last lines of the hook's log.
    """

    notes: int
    pushed_with: list[str]
    complaints: list[str]


def notes_state(place: Place) -> NotesState:
    """Look at the notes, the configuration and the log of a repository."""
    listed = place.git("notes", f"--ref={NOTES_REF}", "list", accept=(0, 1))
    configured = place.git("config", "--get-regexp", r"^remote\..*\.push$", accept=(0, 1))
    remotes: dict[str, None] = {}
    for row in configured.decode("utf-8", "replace").splitlines():
        name, _, pushed = row.partition(" ")
        source = pushed.lstrip("+").partition(":")[0]
        if source in (NOTES_REF, "refs/notes/*", "refs/*"):
            remotes[name.removeprefix("remote.").removesuffix(".push")] = None
    try:
        lines = (place.kept / LOG).read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    return NotesState(listed.count(b"\n"), list(remotes), lines[-_LAST:])
