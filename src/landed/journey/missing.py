"""What to connect or to set where nothing tells what is in production."""

from __future__ import annotations

from collections.abc import Sequence

from landed.config import Settings
from landed.journey.deployed import read_deployments
from landed.journey.history import History
from landed.journey.production import looks_final
from landed.journey.statements import statement
from landed.store import Store

_NOTHING_LIVE = "so nothing can be called live: lines on the default branch count as merged"
NO_TAGS = f"no release tags and no deployments are known, {_NOTHING_LIVE}"
NO_FINAL_TAG = f"no tag looks like a final version, {_NOTHING_LIVE}"
NO_TAG_YET = f"no release had been tagged by then, {_NOTHING_LIVE}"
NOT_SUCCEEDED = f"no deployment to production had succeeded by then, {_NOTHING_LIVE}"
NOT_READ = (
    "the commits that were deployed to production have not been read, "
    f"{_NOTHING_LIVE}; fetch the branches that they lie on"
)
_SHOWN = 5


def why_nothing_is_live(store: Store, settings: Settings, history: History) -> str:
    """Say why nothing tells what was in production at the history's time, and what would."""
    deployments = read_deployments(store, settings, history)
    if deployments.succeeded:
        return NOT_READ
    tags = store.query(statement("releases"), {"repository": history.repository})["tag"]
    if any(map(looks_final, tags.to_pylist())):
        return NO_TAG_YET
    if len(deployments):
        return NOT_SUCCEEDED
    if deployments.elsewhere:
        return no_production(deployments.elsewhere)
    return NO_FINAL_TAG if len(tags) else NO_TAGS


def no_production(environments: Sequence[str]) -> str:
    """None of the environments that were deployed to is known as production."""
    shown = ", ".join(_plain(name) for name in environments[:_SHOWN])
    more = len(environments) - _SHOWN
    named = f"{shown} and {more:,} more" if more > 0 else shown
    return (
        f"deployments are known, but none to production (only to {named}), {_NOTHING_LIVE}; "
        "name the environments that are production in production_environments of landed.toml"
    )


def _plain(name: str) -> str:
    """A name as it may stand in a terminal: whoever deploys can name environments as they like."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)
