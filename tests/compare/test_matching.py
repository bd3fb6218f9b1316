"""AI-heavy changes are compared within repository, author and size, and nobody is ranked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from landed.compare import NOBODY, Changes, compare_amounts, compare_rates
from landed.compare.resampling import SAMPLES, SEED

Stratum = tuple[Sequence[float], Sequence[float]]


def changes(*strata: Stratum, people: int = 5) -> Changes:
    """Changes by stratum: the values of AI-heavy ones, then of the others."""
    value, heavy, stratum, person = [], [], [], []
    for place, sides in enumerate(strata):
        for kind, values in zip((True, False), sides, strict=True):
            value += list(values)
            heavy += [kind] * len(values)
            stratum += [place] * len(values)
            person += [place % people] * len(values)
    return Changes(
        np.array(value, float), np.array(heavy, bool), np.array(stratum), np.array(person)
    )


def by_author(heavy: Sequence[float], others: Sequence[float], authors: int = 5) -> Changes:
    """The same changes of each of several authors."""
    return changes(*[(heavy, others)] * authors)


def test_in_one_stratum_it_is_the_median_of_all_differences() -> None:
    random = np.random.default_rng(1)
    heavy, others = random.lognormal(3, 1, 40), random.lognormal(2, 1, 31)

    found = compare_amounts(by_author(list(heavy), list(others)))

    assert found.difference == pytest.approx(np.median(np.subtract.outer(heavy, others)))
    # where the ranks of Mann and Whitney see a difference, the interval leaves out nothing
    assert stats.mannwhitneyu(heavy, others).pvalue < 0.01
    assert found.low is not None and found.low > 0
    assert (found.verdict, found.more) == ("more", 0)


def test_the_interval_is_that_of_scipys_bootstrap() -> None:
    random = np.random.default_rng(2)
    heavy, others = random.normal(5, 2, 60), random.normal(4, 2, 80)

    one = changes((list(heavy), list(others)))
    found = compare_amounts(Changes(one.value, one.heavy, one.stratum, np.arange(140) % 5))

    def shift(first: np.ndarray, second: np.ndarray) -> float:
        return float(np.median(np.subtract.outer(first, second)))

    theirs = stats.bootstrap(
        (heavy, others),
        shift,
        n_resamples=999,
        method="percentile",
        vectorized=False,
        rng=np.random.default_rng(7),
    ).confidence_interval
    assert found.low == pytest.approx(theirs.low, abs=0.2)
    assert found.high == pytest.approx(theirs.high, abs=0.2)


def test_authors_who_are_slow_anyway_are_no_difference() -> None:
    # AI-heavy changes come mostly from slow authors; within an author there is no difference
    slow = ([100.0 + step for step in range(12)], [100.0 + step for step in range(4)])
    fast = ([1.0 + step for step in range(4)], [1.0 + step for step in range(12)])

    found = compare_amounts(changes(slow, fast, slow, fast, slow, fast))

    assert found.difference is not None and abs(found.difference) < 5
    mixed = changes(slow, fast, slow, fast, slow, fast)
    everybody = np.zeros(len(mixed.value), np.int64)
    everything = compare_amounts(Changes(mixed.value, mixed.heavy, everybody, mixed.person))
    assert everything.difference is not None and everything.difference > 20


def test_strata_with_one_kind_are_left_out_and_counted() -> None:
    with_both = ([5.0] * 6, [4.0] * 6)
    found = compare_amounts(changes(*[with_both] * 5, ([1.0] * 9, []), ([], [900.0] * 9)))

    assert (found.strata, found.left_out) == (5, 2)
    assert (found.heavy, found.others) == (30, 30)
    assert found.difference == 1


def test_changes_of_nobody_known_are_not_compared() -> None:
    known = by_author([5.0] * 6, [4.0] * 6)
    unknown = Changes(known.value, known.heavy, known.stratum, np.full(len(known.value), NOBODY))

    found = compare_amounts(unknown)

    assert (found.heavy, found.others, found.verdict, found.more) == (0, 0, "too few", 20)


def test_too_few_of_one_kind_say_how_many_more() -> None:
    found = compare_rates(by_author([1.0] * 3, [0.0] * 30))

    assert (found.verdict, found.more) == ("too few", 5)
    assert (found.difference, found.low, found.high) == (None, None, None)


def test_fewer_than_five_people_are_not_set_against_one_another() -> None:
    found = compare_rates(by_author([1.0] * 30, [0.0] * 30, authors=4))

    assert (found.verdict, found.people, found.more) == ("few people", 4, None)
    assert found.difference is None


def test_rates_differ_by_the_weighted_mean_of_differences_within_strata() -> None:
    # weights n1 n2 / (n1 + n2): 7.5 for 10 and 30, 5 for 10 and 10
    first = ([1.0] * 5 + [0.0] * 5, [1.0] * 6 + [0.0] * 24)
    second = ([1.0] * 2 + [0.0] * 8, [1.0] * 4 + [0.0] * 6)
    found = compare_rates(changes(first, second, first, second, first))

    assert found.difference == pytest.approx((3 * 7.5 * 0.3 + 2 * 5 * -0.2) / (3 * 7.5 + 2 * 5))
    assert found.low is not None and found.high is not None
    assert found.low < found.difference < found.high


def test_no_clear_difference_says_how_many_changes_would_tell() -> None:
    found = compare_rates(by_author([1.0] * 3 + [0.0] * 17, [1.0] * 2 + [0.0] * 18))

    assert found.verdict == "no clear difference"
    assert found.low is not None and found.high is not None and found.difference is not None
    half = (found.high - found.low) / 2
    assert found.more == pytest.approx(200 * (half / found.difference) ** 2 - 200, abs=1)


def test_very_many_pairs_are_drawn_and_give_the_same_within_a_little() -> None:
    random = np.random.default_rng(4)
    heavy, others = list(random.normal(3, 1, 300)), list(random.normal(1, 1, 300))

    found = compare_amounts(by_author(heavy, others))

    assert found.difference == pytest.approx(
        float(np.median(np.subtract.outer(heavy, others))), abs=0.05
    )


def test_the_interval_is_that_of_samples_drawn_one_at_a_time() -> None:
    random = np.random.default_rng(8)
    given = changes(
        *(
            (random.lognormal(3, 1, 12).tolist(), random.lognormal(2, 1, 15).tolist())
            for _ in "abcde"
        )
    )
    found = compare_amounts(given)

    number, random = len(given.value), np.random.default_rng(SEED)
    place = np.arange(number)
    first = np.array([27 * (one // 27) + (0 if one % 27 < 12 else 12) for one in place])
    size = np.where(place % 27 < 12, 12, 15)
    pairs = [
        (
            given.value[27 * one + heavy] - given.value[27 * one + other],
            27 * one + heavy,
            27 * one + other,
        )
        for one in range(5)
        for heavy in range(12)
        for other in range(12, 27)
    ]
    pairs.sort()
    medians = []
    for _ in range(SAMPLES):
        drawn = first + (random.random(number) * size).astype(int)
        times = np.bincount(drawn, minlength=number)
        told = [value for value, a, b in pairs for _ in range(times[a] * times[b])]
        medians.append(np.median(told))
    assert found.low == pytest.approx(np.percentile(medians, 2.5))
    assert found.high == pytest.approx(np.percentile(medians, 97.5))
