"""AI-heavy changes against the others of the same repository, author and size.

A stratum is one repository, author and size band. Only strata with both kinds are compared, each
with the weight n1 n2 / (n1 + n2); the others are left out, and counted. What is found is an
association: who used an agent for what was nobody's throw of dice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landed.compare.exits import Integers, Numbers, Truths
from landed.compare.figures import COVERED, FEWEST_CHANGES
from landed.compare.resampling import SAMPLES, SEED

FEWEST_PEOPLE = 5
"""A figure that sets people's own changes against one another is not shown for fewer."""
_MOST_PAIRS = 50_000
_PAIRS_AT_ONCE = 500_000
NOBODY = -1
"""The number of an author who is not known: nobody's changes are compared with one another."""

Weights = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Matched:
    """AI-heavy changes less the others, within strata.

    Attributes:
        difference, low, high: with its 95 % interval, in the unit of the values (shares for rates);
            null where not shown.
        heavy, others: changes of either kind in strata that have both.
        strata, left_out: strata with both kinds, and those with one kind only.
        people: authors of the compared changes.
        more: about how many more changes would tell: of the kind that has too few, 20 less those
            there; where the interval holds 0, so many that it would not if the difference stayed
            what it is (it narrows with the square root). Null where that cannot be said, 0 where
            the difference is clear.
        verdict: more, less, no clear difference, too few, or few people.
    """

    difference: float | None
    low: float | None
    high: float | None
    heavy: int
    others: int
    strata: int
    left_out: int
    people: int
    more: int | None
    verdict: str


@dataclass(frozen=True)
class Changes:
    """Changes to compare, as arrays of equal length.

    Attributes:
        value: what is compared; 0 or 1 for rates.
        heavy: whether the change is AI-heavy.
        stratum: number of the repository, author and size band.
        person: number of the author, `NOBODY` where not known.
    """

    value: Numbers
    heavy: Truths
    stratum: Integers
    person: Integers

    def take(self, chosen: Truths | Integers) -> Changes:
        """The chosen ones, in the order in which they are named by place."""
        return Changes(
            self.value[chosen], self.heavy[chosen], self.stratum[chosen], self.person[chosen]
        )


def compare_amounts(changes: Changes) -> Matched:
    """The typical difference of amounts within strata, by Hodges and Lehmann.

    It is the median of all differences between an AI-heavy and another change of one stratum, a
    pair of a stratum weighing 1 / (n1 + n2), so that a stratum weighs n1 n2 / (n1 + n2) (van
    Elteren's weights). The interval is of samples drawn within each stratum and kind. Of more than
    50,000 pairs so many are drawn.
    """
    both, left_out = _comparable(changes)
    refusal = _refused(both, left_out)
    if refusal is not None:
        return refusal
    both = both.take(np.lexsort((~both.heavy, both.stratum)))
    random = np.random.default_rng(SEED)
    sides = _Sides.of(both)
    pairs = _Pairs.of(both.value, sides, random)
    number = len(both.value)
    estimate = float(pairs.medians(np.ones((1, number)))[0])
    at_once = max(1, _PAIRS_AT_ONCE // len(pairs.weight))
    drawn = []
    for done in range(0, SAMPLES, at_once):
        samples = min(at_once, SAMPLES - done)
        chosen = sides.first + (random.random((samples, number)) * sides.size).astype(np.int64)
        drawn.append(pairs.medians(_times(chosen, number)))
    return _told(both, left_out, estimate, np.concatenate(drawn))


def compare_rates(changes: Changes) -> Matched:
    """The difference of shares within strata, by Mantel and Haenszel (a risk difference).

    The interval is of samples drawn within each stratum and kind.
    """
    both, left_out = _comparable(changes)
    refusal = _refused(both, left_out)
    if refusal is not None:
        return refusal
    _, place = np.unique(both.stratum, return_inverse=True)
    strata = int(place.max()) + 1
    numbers, shares = [], []
    for kind in (True, False):
        chosen = both.heavy == kind
        number = np.bincount(place[chosen], minlength=strata).astype(float)
        numbers.append(number)
        shares.append(np.bincount(place[chosen], both.value[chosen], strata) / number)
    weights = numbers[0] * numbers[1] / (numbers[0] + numbers[1])
    weights = weights / weights.sum()
    random = np.random.default_rng(SEED)
    drawn = [
        random.binomial(number.astype(int), share, (SAMPLES, strata)) / number
        for number, share in zip(numbers, shares, strict=True)
    ]
    estimate = float(weights @ (shares[0] - shares[1]))
    return _told(both, left_out, estimate, (drawn[0] - drawn[1]) @ weights)


@dataclass(frozen=True)
class _Sides:
    """Where the changes of the same stratum and kind stand, of changes in that order.

    `first` and `size` are of each change's own side; `bounds` has for each stratum where its
    AI-heavy changes begin, its others begin, and it ends.
    """

    first: Integers
    size: Integers
    bounds: list[tuple[int, int, int]]

    @classmethod
    def of(cls, ordered: Changes) -> _Sides:
        breaks = (np.diff(ordered.stratum) != 0) | (np.diff(ordered.heavy.astype(int)) != 0)
        starts = np.concatenate(([0], np.flatnonzero(breaks) + 1))
        sizes = np.diff(np.append(starts, len(ordered.value)))
        # each stratum here has both sides, the AI-heavy one first
        middles = starts[1::2].tolist()
        ends = [*starts[2::2].tolist(), len(ordered.value)]
        bounds = list(zip(starts[::2].tolist(), middles, ends, strict=True))
        return cls(np.repeat(starts, sizes), np.repeat(sizes, sizes), bounds)


@dataclass(frozen=True)
class _Pairs:
    """Differences of pairs within strata, in rising order."""

    heavy: Integers
    other: Integers
    difference: Numbers
    weight: Weights

    @classmethod
    def of(cls, value: Numbers, sides: _Sides, random: np.random.Generator) -> _Pairs:
        numbers = [(middle - first) * (end - middle) for first, middle, end in sides.bounds]
        share = min(1.0, _MOST_PAIRS / sum(numbers))
        heavy_of, other_of, weight_of = [], [], []
        for number, (first, middle, end) in zip(numbers, sides.bounds, strict=True):
            kept = math.ceil(number * share)
            place = np.arange(number) if share == 1 else random.integers(0, number, kept)
            heavy_of.append(first + place // (end - middle))
            other_of.append(middle + place % (end - middle))
            weight_of.append(np.full(len(place), number / kept / (end - first)))
        heavy, other = np.concatenate(heavy_of), np.concatenate(other_of)
        difference = value[heavy] - value[other]
        order = np.argsort(difference, kind="stable")
        weight = np.concatenate(weight_of)[order]
        return cls(heavy[order], other[order], difference[order], weight)

    def medians(self, times: Weights) -> Numbers:
        """The weighted median in each sample: samples x changes, how often each is there."""
        weight = self.weight * times[:, self.heavy] * times[:, self.other]
        return np.array([self._median(reached) for reached in np.cumsum(weight, axis=1)])

    def _median(self, reached: Weights) -> float:
        """The difference at which half of the weight, summed up in rising order, is reached."""
        half = reached[-1] / 2
        lower = int(np.searchsorted(reached, half * (1 - 1e-12)))
        upper = int(np.searchsorted(reached, half * (1 + 1e-12), side="right"))
        upper = min(upper, len(reached) - 1)
        return float(self.difference[lower] + self.difference[upper]) / 2


def _times(chosen: Integers, number: int) -> Weights:
    """How often each of `number` changes is among the chosen of each sample: samples x changes."""
    samples = len(chosen)
    apart = chosen + np.arange(samples)[:, None] * number
    counts = np.bincount(apart.ravel(), minlength=samples * number)
    return counts.reshape(samples, number).astype(float)


def _comparable(changes: Changes) -> tuple[Changes, int]:
    """Those of strata with both kinds, and how many strata have one kind only."""
    known = changes.take(changes.person != NOBODY)
    heavy = np.unique(known.stratum[known.heavy])
    others = np.unique(known.stratum[~known.heavy])
    both = np.intersect1d(heavy, others)
    left_out = len(np.union1d(heavy, others)) - len(both)
    return known.take(np.isin(known.stratum, both)), left_out


def _refused(both: Changes, left_out: int) -> Matched | None:
    """Why nothing is told, where it is not."""
    heavy = int(both.heavy.sum())
    others = len(both.heavy) - heavy
    people = len(np.unique(both.person))
    more = max(FEWEST_CHANGES - heavy, FEWEST_CHANGES - others)
    if more <= 0 and people >= FEWEST_PEOPLE:
        return None
    verdict, needed = ("too few", more) if more > 0 else ("few people", None)
    strata = len(np.unique(both.stratum))
    return Matched(None, None, None, heavy, others, strata, left_out, people, needed, verdict)


def _told(both: Changes, left_out: int, estimate: float, drawn: Numbers) -> Matched:
    low, high = (float(bound) for bound in np.percentile(drawn, COVERED))
    clear = low > 0 or high < 0
    heavy = int(both.heavy.sum())
    return Matched(
        difference=estimate,
        low=low,
        high=high,
        heavy=heavy,
        others=len(both.heavy) - heavy,
        strata=len(np.unique(both.stratum)),
        left_out=left_out,
        people=len(np.unique(both.person)),
        more=0 if clear else _more(len(both.heavy), estimate, (high - low) / 2),
        verdict="no clear difference" if not clear else "more" if low > 0 else "less",
    )


def _more(number: int, estimate: float, half_width: float) -> int | None:
    """How many more changes would make the interval as narrow as the difference is large."""
    if not estimate:
        return None
    return max(1, math.ceil(number * (half_width / abs(estimate)) ** 2) - number)
