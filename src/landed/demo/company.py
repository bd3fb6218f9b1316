"""Who the made-up company is: its people, teams and repositories. Nobody and nothing here is real.

Its addresses end in `.example`, which is reserved for what does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

COMPANY = "Fennbrook Parcels"
ORGANISATION = "made-up"
"""What every repository's name begins with, wherever it is shown."""
DOMAIN = "fennbrook.example"
HOST = f"git.{DOMAIN}"
NOTICE = (
    f"Made up: {COMPANY} does not exist. landed demo generated its people, code, dollars and "
    "incidents."
)
MONTHS = 18

Tool = Literal["claude-code", "codex", "gemini-cli"]
Language = Literal["python", "typescript", "go", "java", "kotlin"]


@dataclass(frozen=True)
class Person:
    """Somebody who works there.

    Attributes:
        starts: month of the story, from 0, in which they begin to use an agent; None = never.
        eager: how much more of their work they give to agents than others do.
        logged: the logs of their agents are read.
    """

    name: str
    login: str
    team: str
    starts: int | None
    tool: Tool
    eager: float
    logged: bool = True
    senior: bool = False

    @property
    def email(self) -> str:
        """The address that they commit with."""
        return f"{self.login}@{DOMAIN}"


@dataclass(frozen=True)
class Product:
    """A repository and how it is worked on.

    Attributes:
        weight: its share of all requests.
        method: how requests are merged there.
        often: it is deployed every day or two; else every other week.
        reformatted: so many months into the story a formatter runs over it; None = never.
    """

    name: str
    team: str
    language: Language
    weight: float
    method: Literal["squash", "merge", "rebase"]
    often: bool = True
    reformatted: int | None = None

    @property
    def address(self) -> str:
        """Where git would fetch it from."""
        return f"https://{HOST}/{ORGANISATION}/{self.name}.git"


_TEAMS: dict[str, tuple[str, tuple[int | None, ...], float]] = {
    # the members' first names, when each begins with agents, and how eager the team is
    "growth": ("Amara Bela Corin Dagny Elio Farid Greta", (0, 0, 0, 0, 0, 0, 1), 1.75),
    "storefront": (
        "Hanne Ilias Jorun Kaito Livia Marek Nadja Orla",
        (0, 0, 2, 3, 4, 5, 6, 8),
        1.25,
    ),
    "platform": ("Pavel Quinn Rhea Soren Tamsin Umar Vesna", (0, 0, 2, 4, 6, 8, 9), 1.2),
    "mobile": ("Wiebke Xenia Yusuf Zora Anselm Bruna Cosmo", (0, 2, 4, 6, 8, 9, 11), 1.15),
    "billing": (
        "Dorte Emrys Fenna Gideon Hedda Ivo Jarla",
        (None, None, None, None, None, 14, 15),
        0.35,
    ),
    "security": ("Kasimir Lotte Mirko Nela", (6, 8, 10, None), 0.8),
}
_SURNAME_IN_ONE = """
Abendroth Brisbane-Lund Castellane Dornfeld Eskelund Farrowgate Grimsdal Hollowick Ingersund
Jarrowby Kestrelmoor Lindqvale Marchbanks-Oye Nordhaven Okonwillow Pemberdale Quarrinton
Ravensholt Sommerfjord Thistlewade Ulvestad Vantongeren Wickerby Xanthopol Yarrowmere
Zellweger-Amsel Ashgrovely Birkenmoor Calderstrand Dunmarrow Elmswick Fairhollow Glimmerdal
Harkenstone Isenbrook Juniperson Kirkwynd Larkenfell Mossbridge Nettlecombe
"""
_SURNAMES = _SURNAME_IN_ONE.split()
_UNLOGGED = frozenset({"farid", "marek", "vesna", "anselm", "cosmo"})
_SENIOR = frozenset({"amara", "hanne", "kaito", "pavel", "rhea", "wiebke", "dorte", "kasimir"})
_TOOLS: tuple[Tool, ...] = (
    "claude-code",
    "claude-code",
    "codex",
    "claude-code",
    "gemini-cli",
    "claude-code",
    "codex",
)


def _people() -> tuple[Person, ...]:
    found: list[Person] = []
    for team, (names, starts, eager) in _TEAMS.items():
        for place, (first, start) in enumerate(zip(names.split(), starts, strict=True)):
            login = first.lower()
            found.append(
                Person(
                    f"{first} {_SURNAMES[len(found)]}",
                    login,
                    team,
                    start,
                    _TOOLS[place % len(_TOOLS)],
                    eager,
                    login not in _UNLOGGED,
                    login in _SENIOR,
                )
            )
    return tuple(found)


PEOPLE = _people()
TEAMS = tuple(_TEAMS)
BOT = Person("fennbrook-updates[bot]", "fennbrook-updates[bot]", "", None, "codex", 0.0)
CONTRACTOR = Person("T. Ostrava", "tostrava", "", 9, "claude-code", 1.4)
"""Somebody from outside whom no setting names: their sessions and commits match nobody."""

PRODUCTS = (
    Product("storefront-web", "storefront", "typescript", 0.13, "squash", reformatted=6),
    Product("storefront-api", "storefront", "python", 0.12, "squash"),
    Product("search", "growth", "go", 0.08, "squash"),
    Product("campaigns", "growth", "python", 0.09, "merge", reformatted=11),
    Product("experiments", "growth", "typescript", 0.07, "squash"),
    Product("platform-core", "platform", "go", 0.1, "merge"),
    Product("deploy-tools", "platform", "python", 0.06, "rebase", often=False),
    Product("events", "platform", "java", 0.07, "squash"),
    Product("mobile-app", "mobile", "kotlin", 0.09, "squash", often=False),
    Product("mobile-gateway", "mobile", "typescript", 0.06, "squash"),
    Product("billing", "billing", "java", 0.08, "merge"),
    Product("identity", "security", "go", 0.05, "rebase"),
)

VOICE = "Voice checkout"
VOICE_BRANCH = "voice-checkout/"
VOICE_MONTHS = (6, 12)
"""The feature that cost most and never shipped, where it was built, and when."""
CULPRIT = "storefront-api"
CULPRIT_MONTH = 13
"""Where and when an agent's change brings production down."""
SWITCH_MONTH = 9
"""When most go over to a better model."""


def members(team: str) -> tuple[Person, ...]:
    """The people of a team."""
    return tuple(person for person in PEOPLE if person.team == team)
