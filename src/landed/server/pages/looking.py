"""What a request looks at: the roll-ups under its filter, as its viewer may see them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from fastapi import Request

from landed.reports.dashboard.estimates import Estimates
from landed.reports.dashboard.look import Look
from landed.rollups import Dimension
from landed.server.accounts.viewer import Viewer, viewer
from landed.server.pages.filter_bar import Choice
from landed.server.pages.rendering import asked_filter
from landed.server.state import of

MOST_CHOICES = 200
"""Values that a list of the filter bar offers of one dimension."""

_estimates = Estimates()
"""Estimates take samples: those of a roll-up and filter are made once for all requests."""


@dataclass(frozen=True)
class Looking:
    """One request's view: `look` is for the page's model, `viewer` and `choices` for `render`."""

    look: Look
    viewer: Viewer

    @property
    def ready(self) -> bool:
        """Whether there are roll-ups to look at; else the page says that there are none yet."""
        return self.look.rollups.built

    @cached_property
    def choices(self) -> dict[Dimension, list[Choice]]:
        """What the filter bar offers."""
        if not self.ready:
            return {}
        named = sorted(self.look.names.items(), key=lambda item: item[1].casefold())
        found: dict[Dimension, list[Choice]] = {
            "repository": [Choice(key, name) for key, name in named][:MOST_CHOICES]
        }
        for row in self.look.store.query(_statement()).to_pylist():
            own = found.setdefault(row["dimension"], [])
            if len(own) < MOST_CHOICES:
                own.append(Choice(row["name"], row["name"]))
        return {
            dimension: own
            for dimension, own in found.items()
            if any(choice.value for choice in own)
        }


@contextmanager
def looking(request: Request) -> Iterator[Looking]:
    """What a request looks at; the store is let go of at the end, so build the model inside.

    Raises UsageError for a filter that makes no sense, SignInNeeded where nobody is signed in.
    """
    server = of(request)
    who = viewer(request)
    asked = asked_filter(request)
    with server.store.reading() as store:
        yield Looking(
            Look(
                store,
                server.settings,
                asked,
                own=who.people,
                alone=who.local,
                estimates=_estimates,
            ),
            who,
        )


@cache
def _statement() -> str:
    return files("landed.server.pages").joinpath("choices.sql").read_text("utf-8")
