"""How figures are written on pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from landed.server.pages import figures

NOW = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (None, "–"), (0, "0"), (950, "950"), (999, "999"), (48_210, "48.2k"), (999_499, "999k"),
        (999_600, "1M"), (1_900_000, "1.9M"), (20_000_000, "20M"), (-48_210, "-48.2k"),
        (3_200_000_000_000, "3,200B"),
    ],
)  # fmt: skip
def test_large_numbers_take_few_characters(number: float | None, told: str) -> None:
    assert figures.compact(number) == told


def test_counts_agree_with_their_noun_and_nothing_is_a_dash() -> None:
    assert figures.count(1, "line") == "1 line"
    assert figures.count(48_210, "line") == "48,210 lines"
    assert figures.count(None, "line") == "–"
    assert figures.amount(3.44) == "3.4"
    assert figures.amount(None) == "–"


def test_intervals_stand_behind_their_estimate() -> None:
    assert figures.interval(0.61, 0.57, 0.65) == "61 % (57–65)"
    assert figures.interval(0.112, 0.091, 0.135, 1) == "11.2 % (9.1–13.5)"
    assert figures.interval(0.61, None, None) == "61 %"
    assert figures.interval(None, 0.1, 0.2) == "–"


def test_differences_have_a_sign() -> None:
    assert figures.points(0.014) == "+1.4 points"
    assert figures.points(-0.014) == "−1.4 points"
    assert figures.change(0.12) == "+12 %"
    assert figures.change(-0.03) == "−3 %"
    assert figures.change(-0.001) == "no change"
    assert figures.change(None) == figures.points(None) == "–"


def test_times_are_utc() -> None:
    east = datetime(2026, 11, 21, 16, 2, tzinfo=timezone(timedelta(hours=2)))
    assert figures.moment(east) == "2026-11-21 14:02 UTC"
    assert figures.day(date(2026, 11, 21)) == "2026-11-21"
    assert figures.month("2026-11") == figures.month(date(2026, 11, 3)) == "Nov 2026"
    assert figures.moment(None) == figures.day(None) == figures.month(None) == "–"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(45, "45 s"), (720, "12 min"), (12_000, "3 h 20 min"), (362_880, "4.2 days"),
     (2_592_000, "30 days"), (timedelta(minutes=5), "5 min"), (None, "–")],
)  # fmt: skip
def test_durations(seconds: float | timedelta | None, told: str) -> None:
    assert figures.duration(seconds) == told


def test_how_long_ago_something_was() -> None:
    assert figures.ago(NOW - timedelta(minutes=12), NOW) == "12 min ago"
    assert figures.ago(NOW + timedelta(minutes=5), NOW) == "in 5 min"
    assert figures.ago(NOW, NOW) == "now"
    assert figures.ago(None, NOW) == "never"


@pytest.mark.parametrize(
    ("octets", "told"),
    [(None, "–"), (0, "0 bytes"), (999, "999 bytes"), (3_400, "3.4 kB"), (512_000, "512 kB"),
     (3_400_000, "3.4 MB"), (7 * 10**12, "7.0 TB")],
)  # fmt: skip
def test_sizes(octets: int | None, told: str) -> None:
    assert figures.size(octets) == told


def test_sentences_begin_with_a_capital_but_names_keep_their_letters() -> None:
    assert figures.sentence("no deployments are known") == "No deployments are known."
    assert figures.sentence("acme/shop is a shallow clone.") == "acme/shop is a shallow clone."
    assert figures.sentence("  ") == ""


def test_keys_are_told_in_words() -> None:
    assert figures.FILTERS["bucket_word"]("live") == "live in production"
    assert figures.FILTERS["stage_word"]("something_new") == "something new"
    assert figures.FILTERS["who_word"](None) == "–"
