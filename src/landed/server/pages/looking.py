"""What a request looks at: the roll-ups under its filter, as its viewer may see them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fastapi import Request

from landed.reports.dashboard.estimates import Estimates
from landed.reports.dashboard.look import Look
from landed.rollups import Dimension
from landed.server.accounts.looking import looked, people_left
from landed.server.accounts.viewer import Viewer, viewer
from landed.server.pages.filter_bar import Choice
from landed.server.pages.rendering import asked_filter
from landed.server.state import of

MOST_CHOICES = 200
"""Values that a list of the filter bar offers of one dimension."""

_kept = Estimates()
"""What takes time to find is found once for all requests to the same roll-ups."""


@dataclass(frozen=True)
class Looking:
    """One request's view: `look` is for the page's model, `viewer` and `choices` for `render`."""

    look: Look
    viewer: Viewer

    @property
    def ready(self) -> bool:
        """Whether there are roll-ups to look at; else the page says that there are none yet."""
        return self.look.rollups.built

    @property
    def choices(self) -> dict[Dimension, list[Choice]]:
        """What the filter bar offers; found once for each roll-up."""
        if not self.ready:
            return {}
        key = ("choices", self.look.store.path, self.look.as_of)
        return _kept.get(key, lambda: _choices(self.look))


@contextmanager
def looking(request: Request) -> Iterator[Looking]:
    """What a request looks at; the store is let go of at the end, so build the model inside.

    Raises UsageError for a filter that makes no sense, SignInNeeded where nobody is signed in.
    """
    server = of(request)
    who = viewer(request)
    asked = asked_filter(request)
    with server.store.reading() as store:
        found = Looking(
            Look(
                store,
                server.settings,
                asked,
                own=who.people,
                alone=who.local,
                estimates=_kept,
            ),
            who,
        )
        if found.ready:
            asked = found.look.privacy.window(asked)
            found = Looking(found.look.asking(asked), who)
            looked(request, who, people_left(store, asked))
        yield found


def _choices(look: Look) -> dict[Dimension, list[Choice]]:
    named = sorted(look.names.items(), key=lambda item: item[1].casefold())
    found: dict[Dimension, list[Choice]] = {"repository": [Choice(*one) for one in named]}
    for row in look.store.query(_statement()).to_pylist():
        found.setdefault(row["dimension"], []).append(Choice(row["name"], row["name"]))
    return {
        dimension: own[:MOST_CHOICES]
        for dimension, own in found.items()
        if any(choice.value for choice in own)
    }


@cache
def _statement() -> str:
    return files("landed.server.pages").joinpath("choices.sql").read_text("utf-8")
