"""Sessions that belong to no request: questions, reviews, notes of no repository, fresh tries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from landed.demo.adoption import model_of
from landed.demo.clock import MONTH, beginning_of, moments
from landed.demo.company import MONTHS, PEOPLE, Person, Product
from landed.demo.script import Edit, Session, Turn
from landed.demo.text import Writer

_MINUTE = timedelta(minutes=1)
_IN_NO_REPOSITORY, _BY_SHELL = 0.14, 0.16
_FRESH_DAYS = 6


def loose_sessions(
    seed: int, end: datetime, number: int, products: Sequence[Product]
) -> list[Session]:
    """So many sessions: most only ask something, some work in no repository or by the shell."""
    random = Random(f"{seed} loose sessions")
    begin = beginning_of(end.date(), MONTHS)
    users = [person for person in PEOPLE if person.logged and person.starts is not None]
    found = []
    for place, at in enumerate(moments(random, begin, end - _MINUTE * 600, number)):
        month = (at - begin) / MONTH
        ready = [person for person in users if (person.starts or 0) <= month]
        if not ready:
            continue
        person = random.choice(ready)
        own = [one for one in products if one.team == person.team]
        product = random.choice(own or products)
        found.append(_session(random, person, product, at, end, month, f"loose {place}"))
    return found


def _session(
    random: Random,
    person: Person,
    product: Product,
    at: datetime,
    end: datetime,
    month: float,
    key: str,
) -> Session:
    turns = [
        Turn(at + place * 9 * _MINUTE, looks=random.randint(2, 8))
        for place in range(random.randint(1, 4))
    ]
    where: Product | None = product
    chance = random.random()
    if chance < _IN_NO_REPOSITORY:
        where = None
        turns[0].edits.append(_written(random, product, at, f"plan_{key.split()[1]}.md"))
    elif chance < _IN_NO_REPOSITORY + _BY_SHELL:
        turns[-1].commands = random.randint(1, 3)
    elif end - at < timedelta(days=_FRESH_DAYS):
        writer = Writer(product.language, random)
        turns[0].edits.append(_written(random, product, at, writer.path()))
    model = model_of(person.tool, month, random)
    return Session(person, model, where, "main" if where else "", turns, key)


def _written(random: Random, product: Product, at: datetime, path: str) -> Edit:
    lines = Writer(product.language, random).function(random.randint(8, 30))
    return Edit(at + 5 * _MINUTE, path, 1, None, (), tuple(lines))
