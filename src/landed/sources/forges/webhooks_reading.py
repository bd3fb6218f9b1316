"""How a delivery of any forge is read: the project first, then what its event tells of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from landed.records import Project
from landed.sources.forges.contract import ForgeRecord, Page
from landed.sources.forges.fields import MISSING_FIELD, Node, Unreadable
from landed.sources.forges.rules import Rules
from landed.sources.forges.webhooks import Delivery


class Named(Protocol):
    """Accounts that a payload names."""

    def onto(self, page: Page) -> None:
        """Put them on the page."""
        ...


People = TypeVar("People", bound=Named)


@dataclass(frozen=True, slots=True)
class Events(Generic[People]):
    """What a forge's events tell.

    Attributes:
        readers: by the forge's name of an event, what yields its records.
        nothing_more: names of events that tell of the project alone.
        people: makes who gathers accounts, of a host and the names of programs.
    """

    readers: Mapping[str, Callable[[Node, Project, Rules, People, Page], Iterator[ForgeRecord]]]
    nothing_more: Collection[str]
    people: Callable[[str, frozenset[str]], People]

    def read(
        self,
        delivery: str,
        event: str,
        told: Node,
        page: Page,
        rules: Rules,
        project_of: Callable[[], Project | None],
    ) -> Delivery:
        """Put on `page` what the payload `told` of an event says; return the delivery with it.

        `project_of` finds the project, None where it concerns none. What cannot be understood, and
        an event that nobody knows, is a fault of the page.
        """
        project = None
        try:
            project = project_of()
        except Unreadable as fault:
            page.fault(fault.kind)
        if project is not None:
            page.records.append(project)
            self._read(event, told, project, rules, page)
        return Delivery(delivery, event[:100], project, page)

    def _read(self, event: str, told: Node, project: Project, rules: Rules, page: Page) -> None:
        reader = self.readers.get(event)
        if reader is None:
            if event not in self.nothing_more:
                page.fault("unknown-event")
            return
        people = self.people(project.host, rules.bots)
        try:
            page.records.extend(reader(told, project, rules, people, page))
        except Unreadable as fault:
            page.fault(fault.kind)
        people.onto(page)


def host_named(address: str | None) -> str:
    """The host of a project's own address, lower case. Raises Unreadable where it names none."""
    try:
        host = urlsplit(address or "").hostname
    except ValueError:
        host = None
    if not host:
        raise Unreadable(MISSING_FIELD)
    return host.lower()
