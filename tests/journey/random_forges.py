"""Random requests and deployments over a history: in any order, for any commits, at any time."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.journey.forge_stories import ForgeStory
from tests.journey.random_sessions import moment

ENVIRONMENTS = ("production", "production", "prod-eu", "staging")


def tell_forge(story: ForgeStory, commits: Sequence[str], random: Random) -> None:
    """Give a story that was synced once random requests and deployments."""
    chain = story.history.git("rev-list", "--first-parent", "main").decode().split()
    for number in range(1, random.randint(0, 5) + 1):
        _request(story, number, commits, chain, random)
    for _ in range(random.randint(0, 8)):
        story.deploy(
            random.choice(chain if random.random() < 0.6 else list(commits)),
            environment=random.choice(ENVIRONMENTS),
            service=random.choice((None, None, "shop")),
            state=random.choice(("success",) * 4 + ("failure", "pending", "cancelled")),
            at=moment(story, random),
        )
    if random.random() < 0.2:
        story.deploy("d" * 40, known=False, at=moment(story, random))


def _request(
    story: ForgeStory,
    number: int,
    commits: Sequence[str],
    chain: Sequence[str],
    random: Random,
) -> None:
    own = random.sample(list(commits), min(random.randint(0, 4), len(commits)))
    opened, ended = sorted((moment(story, random), moment(story, random)))
    told = story.request(number, own, base=random.choice(("main", "main", "other")), at=opened)
    if random.random() < 0.2:
        told["head_commit"] = random.choice((None, "e" * 40, random.choice(list(commits))))
    end = random.random()
    if end < 0.3:
        landed = random.sample(list(chain), min(len(chain), random.randint(1, 2)))
        rule = random.choice(("merge", "squash", "rebase", "fast-forward", "subject"))
        story.merged(number, landed[0], *landed, rule=rule, at=ended)
    elif end < 0.5:
        merge = random.choice((None, "f" * 40, random.choice(list(commits))))
        story.merged_unseen(number, merge, at=ended)
    elif end < 0.7:
        story.closed(number, at=ended)
    for _ in range(random.randint(0, 2)):
        story.review(number, random.choice((None, "ana", "ben")), at=moment(story, random))
        story.check(
            random.choice(list(commits)),
            random.choice(("test", "lint")),
            random.choice(("success", "failure", "neutral", "pending")),
            at=moment(story, random),
        )
