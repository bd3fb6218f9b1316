"""When a job is due again, and what messages of runs keep to themselves."""

from __future__ import annotations

import pytest

from landed.server.scheduler.jobs import LONGEST_PAUSE, Pace
from landed.server.scheduler.wording import LONGEST, plain, span


def test_what_goes_well_is_done_at_its_usual_pace() -> None:
    pace = Pace(usual=900)

    pace.ended(begun=1000, now=1010, crashed=False)

    assert (pace.at, pace.failures) == (1900, 0)


def test_what_fails_waits_longer_each_time_and_never_just_as_long_as_others() -> None:
    pauses, pace = [], Pace(usual=900)
    for _ in range(20):
        pace.ended(begun=0, now=0, crashed=True)
        pauses.append(pace.at)

    assert all(1800 * 0.8 <= one <= 1800 * 1.2 for one in pauses[:1])
    assert pauses[2] > pauses[0]
    assert all(LONGEST_PAUSE * 0.8 <= one <= LONGEST_PAUSE * 1.2 for one in pauses[6:])
    assert len(set(pauses[6:])) > 1
    pace.ended(begun=0, now=0, crashed=False)
    assert (pace.at, pace.failures) == (900, 0)


def test_what_takes_longer_than_its_pace_leaves_time_to_others() -> None:
    pace = Pace(usual=60)

    pace.ended(begun=0, now=300, crashed=False)

    assert pace.at == 360


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("cannot read https://bot:hunter2@git.example.com/shop", "cannot read "
         "https://git.example.com/shop"),
        ("refused ghp_abcdefghij0123456789", "refused …"),
        ("refused glpat-abcdefghij_0123", "refused …"),
        ("https://hooks.slack.com/services/T0/B0/xyz said no", "https://hooks.slack.com/… said no"),
        ("two\nlines\x1b[31m", "two lines [31m"),
    ],
)  # fmt: skip
def test_a_message_has_no_secrets_and_is_one_line(said: str, told: str) -> None:
    assert plain(said) == told
    assert len(plain("a" * 2 * LONGEST)) == LONGEST


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.2, "less than a second"), (1, "1 second"), (120, "2 minutes"), (7200, "2 hours")],
)
def test_a_length_of_time_in_words(seconds: float, told: str) -> None:
    assert span(seconds) == told
