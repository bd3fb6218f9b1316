"""Whose figures are shown: nobody can be told of a few people by taking figures off one another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rollups.presences import PARTS, Adversary, Work, rolled_up, work

from landed.rollups import Filter
from landed.rollups.privacy import Decision, GroupShown, Privacy
from landed.rollups.statements import statement
from landed.store import Store
from landed.store.local import LocalStore

NOBODY: frozenset[str] = frozenset()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with LocalStore.open_file(tmp_path_factory.mktemp("workspace")) as opened:
        yield opened


def values(groups: list[GroupShown]) -> list[str | None]:
    return [row.value for row in groups]


def test_a_figure_over_fewer_people_than_the_settings_say_is_shown_to_nobody_else(
    store: Store,
) -> None:
    rolled_up(store, work("abcd"))
    asked = Filter()

    assert Privacy(store, 4, NOBODY).decision(asked, "sessions") == Decision(True, 4, None)
    assert Privacy(store, 5, NOBODY).decision(asked, "sessions") == Decision(
        False, None, "fewer than five people"
    )
    assert Privacy(store, 25, NOBODY).decision(asked, "sessions").why == "fewer than 25 people"


def test_ones_own_figures_are_always_shown(store: Store) -> None:
    rolled_up(store, [*work("abcde", team="A"), *work("z", team="Z")])
    asked = Filter(team=("Z",))

    assert not Privacy(store, 5, frozenset("a")).decision(asked, "sessions").shown
    assert Privacy(store, 5, frozenset({"Z"})).decision(asked, "sessions").shown
    assert Privacy(store, 5, frozenset("az")).decision(asked, "sessions").people == 1


def test_a_team_that_would_leave_two_others_apart_is_not_shown(store: Store) -> None:
    rolled_up(store, [*work("abcde", team="A"), *work("fg", team="B")])

    decision = Privacy(store, 5, NOBODY).decision(Filter(team=("A",)), "sessions")

    assert decision == Decision(False, None, "it would leave fewer than five people apart")


def test_small_teams_are_shown_together_as_others(store: Store) -> None:
    small = [row for name in "VWXYZ" for row in work(name.lower(), team=name)]
    rolled_up(store, [*work("abcde", team="A"), *work("fghij", team="B"), *small])
    privacy = Privacy(store, 5, NOBODY)

    assert privacy.groups(Filter(), "team", "sessions") == [
        GroupShown("A", 5, True),
        GroupShown("B", 5, True),
        GroupShown(None, 5, True),
    ]
    assert not privacy.decision(Filter(team=("V",)), "sessions").shown


def test_the_largest_agent_is_shown_where_a_smaller_one_hides_the_smallest(store: Store) -> None:
    people = [f"p{number}" for number in range(65)]
    rows = [
        *work(people[:38], agent="most", model="first"),
        *work(people[38:62], agent="some", model="second"),
        *work(people[62:], agent="few", model="third"),
    ]
    privacy = Privacy(rolled_up(store, rows), 5, NOBODY)

    assert privacy.groups(Filter(), "agent", "sessions") == [
        GroupShown("most", 38, True),
        GroupShown(None, 27, True),
    ]
    assert privacy.groups(Filter(), "model", "sessions") == [
        GroupShown("first", 38, True),
        GroupShown(None, 27, True),
    ]


def test_what_is_left_of_others_less_the_values_that_lie_in_it_is_not_of_a_few(
    store: Store,
) -> None:
    rows = [
        *work("abcdef123456", agent="x", model="m"),
        *work("ghijk", agent="y", model="n"),
        *work("lmnop", agent="y", model="o"),
        *work("st", agent="z", model="q"),
        *work("uvw78", agent="x", model="q"),
    ]
    privacy = Privacy(rolled_up(store, rows), 5, NOBODY)

    assert values(privacy.groups(Filter(), "agent", "sessions")) == ["x", None]
    assert values(privacy.groups(Filter(), "model", "sessions")) == ["m", "q", None]


def test_ones_own_team_is_not_what_hides_a_small_one(store: Store) -> None:
    rows = [
        *work("z", team="Z"),
        *work("abcde", team="A"),
        *work("fghijk", team="B"),
        *work("vw", team="V"),
    ]
    privacy = Privacy(rolled_up(store, rows), 5, frozenset("z"))

    assert values(privacy.groups(Filter(), "team", "sessions")) == ["B", "Z", None]


def test_others_takes_the_smallest_team_in_where_it_would_be_of_a_few(store: Store) -> None:
    rows = [*work("abcdef", team="A"), *work("ghijk", team="B"), *work("v", team="V")]
    privacy = Privacy(rolled_up(store, rows), 5, NOBODY)

    assert values(privacy.groups(Filter(), "team", "sessions")) == ["A", None]
    assert not privacy.decision(Filter(team=("B",)), "sessions").shown
    assert not privacy.decision(Filter(team=("A", "B")), "sessions").shown


def test_others_takes_further_values_in_until_they_are_enough_people(store: Store) -> None:
    people = {"A": "abcdef", "B": "ghijk", "V": "v", "W": "w"}
    rows = [
        row
        for name, some in people.items()
        for row in work(some, population="commits", repository=name, team="")
    ]
    privacy = Privacy(rolled_up(store, rows), 5, NOBODY)

    assert values(privacy.groups(Filter(), "repository", "commits")) == ["A", None]


def test_a_teams_agent_of_a_few_hides_another_of_the_team(store: Store) -> None:
    rows = [
        *work("abcde", team="A", agent="x"),
        *work("fghijk", team="A", agent="y"),
        *work("qr", team="A", agent="z"),
        *work("stuvw", team="B", agent="x"),
        *work("ABCDE", team="B", agent="y"),
        *work("lmnop", team="B", agent="z"),
    ]
    privacy = Privacy(rolled_up(store, rows), 5, NOBODY)

    assert values(privacy.groups(Filter(), "agent", "sessions")) == ["x", "y", "z"]
    assert not privacy.decision(Filter(team=("A",), agent=("z",)), "sessions").shown
    assert not privacy.decision(Filter(team=("A",), agent=("x",)), "sessions").shown


def test_an_agent_that_two_use_beside_a_whole_team_is_not_shown_with_that_team(
    store: Store,
) -> None:
    rows = [
        *work("abcdef", team="A", agent="x"),
        *work("gh", team="B", agent="x"),
        *work("ghijklmno", team="B", agent="y"),
        *work("pqrst", team="C", agent="y"),
    ]
    privacy = Privacy(rolled_up(store, rows), 5, NOBODY)

    assert privacy.decision(Filter(agent=("x",)), "sessions").people == 8
    assert not privacy.decision(Filter(team=("A",)), "sessions").shown


def test_people_not_known_make_no_group_larger(store: Store) -> None:
    rolled_up(store, [*work(["", *"abcd"], team="A"), *work([""], team="B")])
    privacy = Privacy(store, 5, NOBODY)

    assert privacy.decision(Filter(), "sessions").why == "fewer than five people"
    assert privacy.decision(Filter(team=("B",)), "sessions").why == (
        "it is not known whose work this is"
    )


def test_a_lone_developer_sees_the_whole_dashboard_of_the_own_machine(store: Store) -> None:
    rows = [
        *work(["", "ana"], team="A"),
        *work(["ana", "ben"], population="commits"),
        *work(["ben"], population="changes"),
    ]
    privacy = Privacy(rolled_up(store, rows), 5, NOBODY, everything=True)
    asked = Filter(since=date(2026, 8, 26), until=date(2026, 8, 28), team=("A",))

    assert privacy.window(asked) == asked
    assert privacy.decision(asked, "sessions").shown
    assert values(privacy.groups(Filter(), "agent", "sessions")) == ["x"]
    assert privacy.decision(Filter(), "commits").people == 2
    assert privacy.decision(Filter(), "changes").shown


def test_sessions_that_others_sent_to_ones_machine_stay_theirs(store: Store) -> None:
    rolled_up(store, work(["ana", "ben"]))

    assert (
        not Privacy(store, 5, frozenset({"ana"}), everything=True)
        .decision(Filter(), "sessions")
        .shown
    )


def test_work_that_knows_no_team_is_not_narrowed_by_one(store: Store) -> None:
    rolled_up(store, work("abcde", population="commits", team=""))
    privacy = Privacy(store, 5, NOBODY)

    assert privacy.decision(Filter(team=("A",)), "commits").people == 5
    assert privacy.groups(Filter(), "team", "commits") == []
    assert privacy.decision(Filter(), "changes") == Decision(True, 0, None)


def test_a_value_that_is_hidden_is_hidden_within_each_value_of_another_dimension(
    store: Store,
) -> None:
    rows = [
        *work("abcde", team="A", agent="x"),
        *work("ABCDEFGHIJKL", team="A", agent="y"),
        *work("lmnop", team="B", agent="x"),
        *work("qr", team="B", agent="z"),
    ]
    privacy = Privacy(rolled_up(store, rows), 5, NOBODY)

    assert values(privacy.groups(Filter(), "agent", "sessions")) == ["y", None]
    assert values(privacy.groups(Filter(), "team", "sessions")) == ["A", "B"]
    assert not privacy.decision(Filter(team=("A",), agent=("x",)), "sessions").shown


def test_a_filter_that_leaves_nobody_is_not_shown_where_those_it_leaves_out_are_few(
    store: Store,
) -> None:
    privacy = Privacy(rolled_up(store, work("abc", team="A")), 5, NOBODY)

    assert not privacy.decision(Filter(team=("B",)), "sessions").shown
    assert Privacy(store, 3, NOBODY).decision(Filter(team=("B",)), "sessions").people == 0


def test_too_many_values_at_once_are_refused_before_they_are_weighed(store: Store) -> None:
    rows = [row for n in range(20) for row in work("abcde", team=f"t{n}", agent=f"a{n}")]
    privacy = Privacy(rolled_up(store, rows), 5, NOBODY)
    asked = Filter(team=tuple(f"t{n}" for n in range(20)), agent=tuple(f"a{n}" for n in range(20)))

    decision = privacy.decision(asked, "sessions")

    assert decision.why == "too many values are chosen at once: choose fewer"
    assert privacy.groups(asked, "model", "sessions") == []


def test_what_was_decided_holds_until_the_next_rolling_up(store: Store) -> None:
    rolled_up(store, work("abcd"))
    assert not Privacy(store, 5, NOBODY).decision(Filter(), "sessions").shown

    rolled_up(store, work("abcde"))
    assert Privacy(store, 5, NOBODY).decision(Filter(), "sessions").people == 5


@st.composite
def worked(draw: st.DrawFn) -> list[Work]:
    """Work of up to eight people, most of them in one team."""
    homes = draw(st.lists(st.sampled_from("ABC"), min_size=8, max_size=8))
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, 8),
                st.sampled_from(["home", "home", "home", "A", "B", "C"]),
                st.sampled_from("xyz"),
                st.sampled_from("RS"),
                st.sampled_from("mn"),
                st.sampled_from("fg"),
                st.sampled_from(PARTS),
            ),
            min_size=1,
            max_size=40,
        )
    )
    found = set()
    for who, team, agent, repository, model, feature, day in rows:
        home = homes[who] if team == "home" and who < len(homes) else team.replace("home", "A")
        person = f"p{who}" if who < len(homes) else ""
        found.add(Work(person, home, agent, repository, model, feature, day))
    return sorted(found)


DIFFERENCED = st.sampled_from(
    [("team", "agent"), ("repository", "team"), ("agent", "model"), ("model", "feature")]
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=worked(), least=st.sampled_from([2, 3]), own=st.booleans(), dimensions=DIFFERENCED)
def test_no_difference_of_shown_figures_tells_of_a_few(
    store: Store, rows: list[Work], least: int, own: bool, dimensions: tuple[str, ...]
) -> None:
    viewer = frozenset({"p0"}) if own else NOBODY
    privacy = Privacy(rolled_up(store, rows), least, viewer)

    assert Adversary(rows, privacy, least, viewer, dimensions).leaks() == []  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=worked(), least=st.sampled_from([2, 3]))
def test_a_value_is_in_a_table_if_it_is_shown_as_a_filter(
    store: Store, rows: list[Work], least: int
) -> None:
    privacy = Privacy(rolled_up(store, rows), least, NOBODY)
    for asked in (Filter(), Filter(team=("A",)), Filter(team=("A", "B"))):
        shown = values([g for g in privacy.groups(asked, "agent", "sessions") if g.value])
        there = sorted({row.agent for row in Adversary(rows, privacy, least).of(asked)})
        assert shown == [
            agent
            for agent in there
            if privacy.decision(asked.having("agent", agent), "sessions").shown
        ]


def test_the_adversary_finds_what_a_rule_of_one_person_fewer_would_tell(store: Store) -> None:
    """Else the test of all differences could not fail."""
    rows = [
        *work("abc", team="A", agent="x", day=PARTS[0]),
        *work("bc", team="A", agent="y", day=PARTS[3]),
        *work("defg", team="B", agent="y", day=PARTS[0]),
        *work("defg", team="B", agent="x", day=PARTS[3]),
    ]
    rolled_up(store, rows)

    strict, lax = (Adversary(rows, Privacy(store, least, NOBODY), 3) for least in (3, 2))

    assert strict.leaks() == []
    told = lax.leaks()
    assert any(leak.startswith("small") for leak in told)
    assert any(" less Filter" in leak for leak in told)
    assert any(" less agent" in leak for leak in told)
    assert any(leak.startswith("week") for leak in told)


def test_presence_is_who_worked_in_which_week_programs_left_out() -> None:
    def second(day: date) -> int:
        return (day - date(1970, 1, 1)).days * 86400 + 3600

    spend = {
        "person": ["ana", "ana", "ana", None],
        "repository": ["R", "R", None, "R"],
        "team": ["A", "A", "A", None],
        "agent": ["x"] * 4,
        "model": ["m", "m", "m", None],
        "feature": pa.nulls(4, pa.string()),
        "started_second": [second(date(2026, 9, day)) for day in (1, 2, 9, 30)],
    }
    contributor = {
        "person": ["ben"],
        "repository": ["R"],
        "team": ["A"],
        "started_second": [second(PARTS[1])],
    }
    times = ("opened_second", "merged_second", "closed_second", "deployed_second")
    change = {
        "author": ["ben", "bot"],
        "repository": ["R", "R"],
        "team": ["A", None],
        "agent": ["x", None],
        "automation": [False, True],
        **{name: pa.array([second(PARTS[0]), second(PARTS[0])]) for name in times},
    }
    with duckdb.connect() as engine:
        for name, columns in (
            ("spend", spend),
            ("contributor", contributor),
            ("change_fact", change),
            ("direct_fact", change),
        ):
            engine.register(name, pa.table(columns))
        rows = engine.sql(statement("presence")).to_arrow_table().to_pylist()

    told = [
        (row["population"], row["person"], row["agent"], date(1970, 1, 1) + timedelta(row["day"]))
        for row in rows
    ]
    assert told == [
        ("changes", "ben", "x", date(2026, 8, 24)),
        ("commits", "ben", "", date(2026, 8, 31)),
        ("sessions", "ana", "x", date(2026, 9, 1)),
        ("sessions", "ana", "x", date(2026, 9, 7)),
        ("sessions", None, "x", date(2026, 9, 28)),
    ]
