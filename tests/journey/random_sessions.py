"""Random sessions over a history: edits of every kind, lines carried by whatever commits hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from tests.journey.stories import DAY, GeneratedEdit, Story

STATES = ("present",) * 6 + ("removed", "removed", "superseded")
STATUSES = ("applied",) * 8 + ("refused", "failed")
PLACES = (None,) * 8 + ("outside", "unread")


def tell_sessions(story: Story, random: Random) -> None:
    """Give a story that was synced once random turns, calls and edits."""
    births = list(story.births)
    random.shuffle(births)
    for number in range(random.randint(1, 6)):
        turn = f"t{number}"
        story.turn(turn, session=random.choice(("s1", "s2")), at=moment(story, random))
        for _ in range(random.randint(0, 3)):
            story.call(
                turn,
                random.choice((None, random.randint(0, 10_000))),
                random.randint(0, 999),
                at=moment(story, random),
            )
        for _ in range(random.randint(0, 4)):
            _edit(story, turn, births, random)
    _take_out_retried(story)
    story.call(None, random.randint(0, 99), 7, session=random.choice((None, "s1")))
    story.unallocated(random.randint(0, 5_000))


def _take_out_retried(story: Story) -> None:
    """Edits that failed and that their turn then made again with success are no generation."""
    home = {row["edit"]: row["belongs_to"] for row in story.rows["edit_place"]}
    again = set()
    retried = set()
    for edit in sorted(story.rows["edit"], key=lambda row: row["happened_at"], reverse=True):
        key = edit["turn"], edit["path"], home[edit["edit"]]
        if edit["status"] == "applied" and edit["kind"] != "shell":
            again.add(key)
        elif edit["status"] == "failed" and key in again:
            retried.add(edit["edit"])
    lines = story.rows["generated_line"]
    lines[:] = [row for row in lines if row["edit"] not in retried]


def moment(story: Story, random: Random) -> datetime:
    """Some time from before the first commit to long after the last."""
    seconds = [commit.timestamp() for commit in story.commit_times] or [0.0]
    begin = datetime.fromtimestamp(min(seconds), UTC) - DAY
    span = max(seconds) - min(seconds) + 60 * 86_400
    return begin + timedelta(seconds=random.random() * span)


def _edit(
    story: Story, turn: str, births: list[tuple[str, str, int]], random: Random
) -> GeneratedEdit:
    at = moment(story, random)
    if random.random() < 0.15:
        return story.edit("/shop", 0, turn=turn, at=at, kind="shell")
    place = random.choice(PLACES)
    status = random.choice(STATUSES)
    edit = story.edit(
        random.choice(("cart.py", "tax.py")),
        random.randint(0, 7),
        removed=random.randint(0, 2),
        turn=turn,
        at=at,
        status=status,
        decided_by=random.choice((None, "person", "automatic", "policy")),
        place=place,
        excluded=place is None and random.random() < 0.1,
    )
    for row in edit.lines:
        if status == "applied":
            row["state"] = random.choice(STATES)
            if row["state"] != "present":
                row["removed_at"] = at + random.random() * 30 * DAY
            elif random.random() < 0.1:
                row["uncommitted_in"] = "stash"
    if place is None and status == "applied":
        carried = [row for row in edit.lines if row["state"] != "superseded"]
        for row in carried[: len(births)]:
            if random.random() < 0.7:
                story.carry(row, births.pop(), random.choice((1.0, 0.7)))
    return edit
